// tfjs-core's own specifications, which its package ships, for the backend that is running.
import '@tensorflow/tfjs-core/dist/index';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';

setTestEnvs([{ name: 'native', backendName: 'tensorflow', flags: {}, isDataSync: true }]);
require('@tensorflow/tfjs-core/dist/tests');
