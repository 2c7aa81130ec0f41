import * as tf from '@tensorflow/tfjs-core';

export * from './core';
export * from './native/backend';
export { tf };
