/** The TensorFlow wheel, for its libraries and headers alone: its own dependencies are left out, and Python never imports it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { at, tensorflowFolder, venv } from './places.mjs';
import { Problem } from './problem.mjs';
import { pip, venvVersion } from './pythonPackages.mjs';
import { demandProxy } from './registry.mjs';
import { digest, readStamp, removeStamp, text, writeStamp } from './stamp.mjs';

const locked = at('scripts', 'python', 'tensorflow.txt');
const stamp = join(venv, 'fovea-tensorflow.json');
const key = () => digest([text(locked), process.platform, process.arch]);

export const tensorflow = {
  name: 'TensorFlow library',
  disk: 1.8e9,
  done() {
    const { key: made, missing } = readStamp(stamp);
    return made === key() && (missing === true || existsSync(join(tensorflowFolder() ?? venv, 'libtensorflow_cc.so.2')));
  },
  async make(log) {
    removeStamp(stamp);
    await demandProxy();
    try {
      // its thousands of Python files are never run, so they are not compiled
      await pip(['--no-deps', '--no-compile', '--requirement', locked], log);
      writeStamp(stamp, { key: key() });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!/No matching distribution found/.test(error.output) || /registry does not answer/.test(error.message)) {
        error.remedy = `${error.remedy}; or go on without it, slower: FOVEA_BACKEND=wasm npm start`;
        throw error;
      }
      writeStamp(stamp, { key: key(), missing: true });
      return `there is none for Python ${venvVersion()} on ${process.platform} ${process.arch}; where there is one: Linux x86-64, Python 3.10 to 3.13`;
    }
    return undefined;
  },
};
