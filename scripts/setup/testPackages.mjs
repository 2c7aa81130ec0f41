/** For the tests alone: the Python packages that ask our kernel and run our notebooks from outside, beside JupyterLab. */
import { join } from 'node:path';
import { at, venv } from './places.mjs';
import { pip } from './pythonPackages.mjs';
import { demandProxy } from './registry.mjs';
import { digest, readStamp, removeStamp, text, writeStamp } from './stamp.mjs';

const locked = at('scripts', 'python', 'tests.txt');
const stamp = join(venv, 'fovea-tests.json'); // goes with the environment when that is made anew
const key = () => digest([text(locked)]);

export const testPackages = {
  name: 'Python test packages',
  disk: 0.02e9,
  done: () => readStamp(stamp).key === key(),
  async make(log) {
    removeStamp(stamp);
    await demandProxy();
    await pip(['--requirement', locked], log);
    writeStamp(stamp, { key: key() });
  },
};
