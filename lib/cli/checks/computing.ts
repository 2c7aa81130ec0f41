/** The engine: which backend loads, whether it computes, and whether TensorFlow keeps to its own symbols. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../native/projectRoot';
import { type Checker, Fault } from './check';

const REBUILD = 'npm start -- --once';

export const backendLoads: Checker = {
  name: 'backend',
  repair: 'apt install g++ python3-venv, then npm start -- --once',
  look: async () => {
    const { ready } = await import('../../native/backend.js');
    const { name, line } = await ready();
    return name === 'native' ? line : { warn: line };
  },
};

export const multiplies: Checker = {
  name: 'matrix product',
  repair: 'rm -r node_modules/@tensorflow, then npm start -- --once',
  look: async () => {
    const { ready } = await import('../../native/backend.js');
    await ready();
    const { tensor2d, matMul } = await import('@tensorflow/tfjs-core');
    const left = tensor2d([1, 2, 3, 4], [2, 2]);
    const right = tensor2d([5, 6, 7, 8], [2, 2]);
    const product = matMul(left, right);
    const values = [...product.dataSync()].join(' ');
    for (const tensor of [left, right, product]) tensor.dispose();
    if (values !== '19 22 43 50') throw new Fault(`expected [1 2; 3 4] x [5 6; 7 8] = 19 22 43 50, got ${values}`);
    return '[1 2; 3 4] x [5 6; 7 8] = 19 22 43 50';
  },
};

export const kernelsLoad: Checker = {
  name: 'kernels',
  repair: REBUILD,
  look: async () => {
    const { ready } = await import('../../native/backend.js');
    if ((await ready()).name !== 'native') return 'not asked: no TensorFlow library is loaded';
    const { fusedKernels } = await import('../../native/fusedKernels.js');
    return fusedKernels()
      ? "operations of ours in C++ beside TensorFlow's"
      : { warn: 'without operations of ours in C++: training is slower' };
  },
};

/** Node has OpenSSL, zlib and more under the names that TensorFlow also uses; the linker is asked which were taken. */
export const ownSymbols: Checker = {
  name: 'symbols',
  repair: REBUILD,
  look: async () => {
    const { ready } = await import('../../native/backend.js');
    if ((await ready()).name !== 'native' || process.platform !== 'linux') return 'not asked: no TensorFlow library is loaded';
    const taken = await boundToNode();
    if (taken.length > 0) throw new Fault(`${taken.length} symbols of TensorFlow are bound to Node's own copies, among them ${taken[0]}`);
    return "none of TensorFlow's is bound to Node's own";
  },
};

async function boundToNode(): Promise<string[]> {
  const path = join(projectRoot(), 'node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8', 'tfjs_binding.node');
  const { RTLD_NOW, RTLD_DEEPBIND } = constants.dlopen as { RTLD_NOW: number; RTLD_DEEPBIND: number };
  const program = `process.dlopen({ exports: {} }, ${JSON.stringify(path)}, ${RTLD_NOW | RTLD_DEEPBIND}); process.exit(0);`;
  const child = spawn(process.execPath, ['-e', program], {
    env: { ...process.env, LD_DEBUG: 'bindings' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const taken: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const [, to, symbol = ''] = /libtensorflow\S* \[0\] to (\S+) \[0\]: normal symbol `(\w+)'/.exec(line) ?? [];
    // templates of the C++ standard library are the same code in both
    if (to === process.execPath && !/^_ZN?K?St/.test(symbol)) taken.push(symbol);
  }
  return taken;
}
