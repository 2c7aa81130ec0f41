/** The native kernels under the names of our operations, a family a line. */
import type { Attribute, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { fusedKernels } from '../fusedKernels';
import { activations } from './activations';
import { attention } from './attention';
import { convolutions } from './convolutions';
import { type Device, deviceOf, type Kernels } from './device';
import { gates } from './gates';
import { indexing } from './indexing';
import { losses } from './losses';
import { norms } from './norms';
import { optimisers } from './optimisers';
import { pointwise } from './pointwise';
import { pooling } from './pooling';
import { products } from './products';
import { random } from './random';
import { resizing } from './resizing';

export const families: readonly ((device: Device) => Kernels)[] = [
  activations,
  attention,
  convolutions,
  gates,
  pointwise,
  indexing,
  pooling,
  products,
  resizing,
  norms,
  losses,
  optimisers,
  random,
];

/** `fused`: with the C++ kernels, where they are loaded. */
export function registerNativeOperations(backend: NodeJSKernelBackend, fused: boolean = fusedKernels()): void {
  const device = deviceOf(backend, fused);
  for (const [kernelName, kernel] of families.flatMap((family) => Object.entries(family(device)))) {
    if (tf.getKernel(kernelName, 'tensorflow')) continue;
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) =>
      kernel(inputs as Record<string, Tensor>, (attrs ?? {}) as Record<string, Attribute>);
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}
