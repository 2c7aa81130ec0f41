/**
 * Repairs of tfjs-node's kernels, found by tfjs-core's own specifications (test/tfjs): explicit padding, int32, NaN,
 * scatter, seeds, indices read to JavaScript. A repair stands under the kernel's own name, so every user of tfjs gets it.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { deviceOf } from '../operations/device';
import { einsum } from './einsum';
import { gathering } from './gathering';
import { numbers } from './numbers';
import { pooling } from './pooling';
import type { Repairs } from './repair';
import { scattering } from './scattering';
import { transposedConvolution } from './transposedConvolution';

const repairs: Repairs = { ...einsum, ...gathering, ...numbers, ...pooling, ...scattering, ...transposedConvolution };

/** Once, when the backend starts. */
export function repairKernels(): void {
  for (const [kernelName, repair] of Object.entries(repairs)) {
    const config = tf.getKernel(kernelName, 'tensorflow');
    tf.unregisterKernel(kernelName, 'tensorflow');
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => {
        const given = call.inputs as unknown as Record<string, Tensor>;
        const stock = (inputs = given) => config.kernelFunc({ ...call, inputs: inputs as unknown as typeof call.inputs });
        const device = deviceOf(call.backend as NodeJSKernelBackend, false);
        return tf.tidy(() => repair(given, (call.attrs ?? {}) as Record<string, unknown>, stock, device) as Tensor);
      },
    });
  }
}
