/** Our operations as TensorFlow's own alone, for a while: what is recorded then can be read where our C++ kernels are not. */
import type { Attribute, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { families } from './all';
import { deviceOf } from './device';

const ours = (): tf.KernelConfig[] => tf.getKernelsForBackend('tensorflow').filter(({ kernelName }) => /^Fovea/.test(kernelName));
const forget = (): void => {
  for (const { kernelName } of ours()) tf.unregisterKernel(kernelName, 'tensorflow');
};

export function unfused<T>(body: () => T): T {
  const before = ours();
  const device = deviceOf(tf.backend() as NodeJSKernelBackend, false);
  forget();
  try {
    for (const [kernelName, kernel] of families.flatMap((family) => Object.entries(family(device)))) {
      const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) =>
        kernel(inputs as Record<string, Tensor>, (attrs ?? {}) as Record<string, Attribute>);
      tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
    }
    return body();
  } finally {
    forget();
    for (const kernel of before) tf.registerKernel(kernel);
  }
}
