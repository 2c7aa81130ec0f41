/**
 * Our operations as tfjs knows them: kernels and gradients registered under our own names, which belong to the code that
 * registered them. Once they are forgotten, new code registers its own; the native ones are there from the start.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { registerNativeOperations } from '../../native/operations/all';

const OURS = /^Fovea/;

/** The function returned registers them again as they were. */
export function forgetOperations(): () => void {
  const backends = [...new Set([...Object.keys(tf.engine().registryFactory), tf.getBackend()])];
  const kernels = backends.flatMap((name) => tf.getKernelsForBackend(name)).filter(({ kernelName }) => OURS.test(kernelName));
  const gradients = [...new Set(kernels.map(({ kernelName }) => kernelName))].flatMap((name) => tf.getGradient(name) ?? []);
  const forget = (): void => {
    for (const { kernelName, backendName } of kernels)
      if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    for (const { kernelName } of gradients) if (tf.getGradient(kernelName)) tf.unregisterGradient(kernelName);
  };
  forget();
  if (tf.getBackend() === 'tensorflow') registerNativeOperations(tf.backend() as NodeJSKernelBackend);
  return () => {
    forget();
    for (const kernel of kernels) tf.registerKernel(kernel);
    for (const gradient of gradients) tf.registerGradient(gradient);
  };
}
