/**
 * RMS normalisation (Zhang and Sennrich 2019, arXiv:1910.07467) over the last axis.
 *
 *   y = scale x / sqrt(mean(x^2) + epsilon)
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../tensor/module';
import { rmsNormalise } from '../tensor/ops';

export type RmsNormOptions = { dim: number; epsilon?: number };
export type RmsNormParams = { scale: Tensor1D };

export function rmsNorm<X extends Tensor>({ dim, epsilon = 1e-6 }: RmsNormOptions): Module<RmsNormParams, X, X> {
  return {
    init: () => ({ scale: tf.ones([dim]) }),
    forward: ({ scale }, x) => {
      if (x.shape.at(-1) !== dim) throw new Error(`rmsNorm: expected a last axis of ${dim}, got shape [${x.shape}]`);
      return rmsNormalise(x, scale, epsilon) as X;
    },
  };
}
