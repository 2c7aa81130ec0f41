/**
 * Group normalisation (Wu and He 2018, arXiv:1803.08494), 'b ... dim': each image by itself, over all positions and one group
 * of neighbouring channels.
 *
 *   y = scale (x - mean) / sqrt(variance + epsilon) + shift        biased variance
 *
 * One channel a group is instance norm (Ulyanov et al. 2016, arXiv:1607.08022).
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../tensor/module';
import { groupNormalise } from '../tensor/ops';

export type GroupNormOptions = { dim: number; groups?: number; epsilon?: number };
export type GroupNormParams = { scale: Tensor1D; shift: Tensor1D };

export function groupNorm<X extends Tensor>({ dim, groups = 32, epsilon = 1e-5 }: GroupNormOptions): Module<GroupNormParams, X, X> {
  if (!Number.isInteger(groups) || groups < 1 || dim % groups !== 0) {
    throw new Error(`groupNorm: dim must be a multiple of groups, got dim=${dim}, groups=${groups}`);
  }
  return {
    init: () => ({ scale: tf.ones([dim]), shift: tf.zeros([dim]) }),
    forward: ({ scale, shift }, x) => {
      if (x.shape.at(-1) !== dim) throw new Error(`groupNorm: expected a last axis of ${dim}, got shape [${x.shape}]`);
      return groupNormalise(x, groups, scale, shift, epsilon) as X;
    },
  };
}
