/** Our operations as TensorFlow's own alone, for a while: what is recorded then can be read where our C++ kernels are not. */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { registerNativeOperations } from './all';

const ours = (): tf.KernelConfig[] => tf.getKernelsForBackend('tensorflow').filter(({ kernelName }) => /^Fovea/.test(kernelName));
const forget = (): void => {
  for (const { kernelName } of ours()) tf.unregisterKernel(kernelName, 'tensorflow');
};

export function unfused<T>(body: () => T): T {
  const before = ours();
  forget();
  try {
    registerNativeOperations(tf.backend() as NodeJSKernelBackend, false);
    return body();
  } finally {
    forget();
    for (const kernel of before) tf.registerKernel(kernel);
  }
}
