/** The portable backend: tfjs on WebAssembly, with the kernels that training lacks there (wasmKernels). */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { keepingNaN, losingNaN, wasmKernels } from './wasmKernels';

export async function startWasm(): Promise<void> {
  const load = createRequire(__filename);
  load('@tensorflow/tfjs'); // all gradients and chained methods; tfjs-core alone has none
  const { setWasmPaths } = load('@tensorflow/tfjs-backend-wasm') as { setWasmPaths: (folder: string) => void };
  setWasmPaths(dirname(load.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  for (const [kernelName, kernelFunc] of Object.entries(wasmKernels)) {
    if (!tf.getKernel(kernelName, 'wasm')) tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
  for (const kernelName of losingNaN) {
    const stock = tf.getKernel(kernelName, 'wasm');
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ ...stock, kernelFunc: keepingNaN(stock.kernelFunc) });
  }
  if (!(await tf.setBackend('wasm')))
    throw new Error('ready: expected the wasm backend to start, it did not; run `npm start` again to repair the packages');
  await tf.ready();
}
