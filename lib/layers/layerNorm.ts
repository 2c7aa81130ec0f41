/**
 * Layer normalisation (Ba et al. 2016, arXiv:1607.06450) over the last axis.
 *
 *   y = scale (x - mean) / sqrt(variance + epsilon) + shift        biased variance
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../tensor/module';
import { layerNormalise } from '../tensor/ops';

export type LayerNormOptions = { dim: number; epsilon?: number };
export type LayerNormParams = { scale: Tensor1D; shift: Tensor1D };

export function layerNorm<X extends Tensor>({ dim, epsilon = 1e-5 }: LayerNormOptions): Module<LayerNormParams, X, X> {
  return {
    init: () => ({ scale: tf.ones([dim]), shift: tf.zeros([dim]) }),
    forward: ({ scale, shift }, x) => {
      if (x.shape.at(-1) !== dim) throw new Error(`layerNorm: expected a last axis of ${dim}, got shape [${x.shape}]`);
      return layerNormalise(x, scale, shift, epsilon) as X;
    },
  };
}
