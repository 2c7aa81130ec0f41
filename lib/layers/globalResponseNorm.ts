/**
 * Global response normalisation (Woo et al. 2023, ConvNeXt V2, arXiv:2301.00808), 'b h w dim': channels compete by their size
 * over the whole image.
 *
 *   y = x + scale x n + shift        n_c = g_c / (mean over channels of g + epsilon)        g_c = ||x_c|| over the grid
 *
 * Scale and shift start at 0: at first it does nothing.
 */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import type { Module } from '../tensor/module';
import { globalResponseNormalise } from '../tensor/ops';

export type GlobalResponseNormOptions = { dim: number; epsilon?: number };
export type GlobalResponseNormParams = { scale: Tensor1D; shift: Tensor1D };

export function globalResponseNorm({
  dim,
  epsilon = 1e-6,
}: GlobalResponseNormOptions): Module<GlobalResponseNormParams, Tensor4D, Tensor4D> {
  return {
    init: () => ({ scale: tf.zeros([dim]), shift: tf.zeros([dim]) }),
    forward: ({ scale, shift }, x) => {
      sizes(x, 'b h w c', { c: dim });
      return globalResponseNormalise(x, scale, shift, epsilon);
    },
  };
}
