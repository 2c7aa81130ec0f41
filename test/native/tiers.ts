/**
 * The forms that an operation has: `kernel` (C++), `tensorflow` (TensorFlow's operations) and `plain` (stock tfjs). A test
 * chooses one for a while, whatever the process was started with.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { backend } from '../../lib/native/backend';
import { fusedKernels } from '../../lib/native/fusedKernels';
import { families } from '../../lib/native/operations/all';
import { deviceOf, type Kernels } from '../../lib/native/operations/device';

export type Tier = 'kernel' | 'tensorflow' | 'plain';

/** For `describe.each`; those that this machine lacks (no native backend, no compiler) fall back to the next one in `inTier`. */
export const tiers: readonly { tier: Tier }[] = [{ tier: 'kernel' }, { tier: 'tensorflow' }, { tier: 'plain' }];

export function inTier<T>(tier: Tier, body: () => T): T {
  if (backend().name !== 'native') return body();
  const before = kernelsOf(fusedKernels());
  replace(before, tier === 'plain' ? {} : kernelsOf(tier === 'kernel' && fusedKernels()));
  try {
    return body();
  } finally {
    replace(before, before);
  }
}

const kernelsOf = (fused: boolean): Kernels => {
  const device = deviceOf(tf.backend() as NodeJSKernelBackend, fused);
  return Object.assign({}, ...families.map((family) => family(device))) as Kernels;
};

/** In place of the kernels of all these names, the ones given; an operation without one registers its plain form when it is called. */
function replace(names: Kernels, kernels: Kernels): void {
  for (const kernelName of Object.keys({ ...names, ...kernels })) {
    if (tf.getKernel(kernelName, 'tensorflow')) tf.unregisterKernel(kernelName, 'tensorflow');
    const kernel = kernels[kernelName];
    if (!kernel) continue;
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => kernel(inputs as never, (attrs ?? {}) as never);
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}
