/** Runs `body` with every operation of ours in its plain form, as on a backend without kernels of its own for them. */
import * as tf from '@tensorflow/tfjs-core';

export function inPlainForm<T>(body: () => T): T {
  const backend = tf.getBackend();
  const ours = (): tf.KernelConfig[] => tf.getKernelsForBackend(backend).filter(({ kernelName }) => kernelName.startsWith('Fovea'));
  const kept = ours();
  const clear = (): void => ours().forEach(({ kernelName }) => tf.unregisterKernel(kernelName, backend));
  clear();
  try {
    return body();
  } finally {
    clear();
    kept.forEach(tf.registerKernel);
  }
}

/** Both forms of an operation must pass the same tests. */
export const forms: [name: string, run: <T>(body: () => T) => T][] = [
  ['as the backend has it', (body) => body()],
  ['in its plain form', inPlainForm],
];
