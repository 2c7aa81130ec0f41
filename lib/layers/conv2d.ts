/**
 * Convolution without bias, 'b h w from' -> 'b h w to', 'same' padding (TensorFlow's: the odd row is added after).
 *
 * Initial weights: He normal, deviation sqrt(2 / (kernel^2 from)) (He et al. 2015, arXiv:1502.01852).
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import { type Module, scope } from '../tensor/module';
import { normal } from '../tensor/random';

export type Conv2dOptions = { from: number; to: number; kernel?: number; stride?: number };
export type Conv2dParams = { weight: Tensor4D };

export function conv2d({ from, to, kernel = 3, stride = 1 }: Conv2dOptions): Module<Conv2dParams, Tensor4D, Tensor4D> {
  return {
    init: (random) => ({ weight: normal(scope(random, 'weight'), [kernel, kernel, from, to], Math.sqrt(2 / (kernel * kernel * from))) }),
    forward: (params, x) => {
      sizes(x, 'b h w c', { c: from });
      return tf.conv2d(x, params.weight, stride, 'same');
    },
  };
}
