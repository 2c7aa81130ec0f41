/**
 * LayerScale (Touvron et al. 2021, arXiv:2103.17239): a learned factor for each channel at the end of a residual branch, small
 * at first, so that a deep network starts near the identity.
 *
 *   y = scale * x        scale starts at `init`
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../tensor/module';

export type LayerScaleOptions = { dim: number; init?: number };
export type LayerScaleParams = { scale: Tensor1D };

export function layerScale<X extends Tensor>({ dim, init = 1e-5 }: LayerScaleOptions): Module<LayerScaleParams, X, X> {
  return {
    init: () => ({ scale: tf.fill([dim], init) }),
    forward: ({ scale }, x) => {
      if (x.shape.at(-1) !== dim) throw new Error(`layerScale: expected a last axis of ${dim}, got shape [${x.shape}]`);
      return tf.mul(x, scale) as X;
    },
  };
}
