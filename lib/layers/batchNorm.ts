/**
 * Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167) over b, h, w.
 *
 *   y = scale (x - mean) / sqrt(variance + epsilon) + shift
 *
 * A `residual` that comes with x is added, and `relu` takes max(y, 0), in the same pass. Training uses the batch and moves
 * `running` towards it, r = (1 - momentum) r + momentum batch, the unbiased variance as PyTorch does; evaluation uses `running`.
 */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import type { Module } from '../tensor/module';
import { addRelu, batchNormalise, relu as rectified } from '../tensor/ops';

export type BatchNormOptions = { dim: number; momentum?: number; epsilon?: number; relu?: boolean };
export type BatchNormParams = { scale: Tensor1D; shift: Tensor1D; running: { mean: Tensor1D; variance: Tensor1D } };

/** Images, or images and what is added to them once they are normalised. */
export type BatchNormInput = Tensor4D | { x: Tensor4D; residual: Tensor4D };

export function batchNorm(options: BatchNormOptions): Module<BatchNormParams, BatchNormInput, Tensor4D> {
  const { dim, momentum = 0.1, epsilon = 1e-5, relu = false } = options;
  const blend = (old: Tensor1D, now: Tensor1D): Tensor1D => tf.add(tf.mul(old, 1 - momentum), tf.mul(now, momentum));

  return {
    init: () => ({ scale: tf.ones([dim]), shift: tf.zeros([dim]), running: { mean: tf.zeros([dim]), variance: tf.ones([dim]) } }),
    forward: ({ scale, shift, running }, input, mode) =>
      tf.tidy(() => {
        const { x, residual } = input instanceof tf.Tensor ? { x: input, residual: undefined } : input;
        sizes(x, 'b h w c', { c: dim });
        if (!mode.training) {
          const normalised = tf.batchNorm4d(x, running.mean, running.variance, shift, scale, epsilon);
          if (residual && relu) return addRelu(normalised, residual);
          const y: Tensor4D = residual ? tf.add(normalised, residual) : normalised;
          return relu ? rectified(y) : y;
        }
        const { y, mean, variance } = batchNormalise(x, scale, shift, epsilon, { relu, residual });
        mode.update(running, { mean: blend(running.mean, mean), variance: blend(running.variance, variance) });
        return y;
      }),
  };
}
