/**
 * Depthwise convolution, 'b h w dim' -> 'b h w (dim multiplier)': each channel by filters of its own; output channel
 * c multiplier + j comes from input channel c. Options and initial weights as in conv2d, deviation sqrt(2 / (kh kw)).
 */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import { type Module, scope } from '../tensor/module';
import { addBias, type ConvolveOptions, convolveDepthwise, type Pair } from '../tensor/ops';
import { two } from '../tensor/ops/padding';
import { normal } from '../tensor/random';

export type DepthwiseConvOptions = { dim: number; multiplier?: number; kernel?: Pair; bias?: boolean } & Omit<ConvolveOptions, 'groups'>;
/** 'kh kw dim multiplier' and 'dim multiplier'. */
export type DepthwiseConvParams = { weight: Tensor4D; bias?: Tensor1D };

export function depthwiseConv(options: DepthwiseConvOptions): Module<DepthwiseConvParams, Tensor4D, Tensor4D> {
  const { dim, multiplier = 1, kernel = 3, bias = false, padding = 'same', ...window } = options;
  const [kh, kw] = two(kernel);

  return {
    init: (random) => ({
      weight: normal(scope(random, 'weight'), [kh, kw, dim, multiplier], Math.sqrt(2 / (kh * kw))),
      ...(bias && { bias: tf.zeros<tf.Rank.R1>([dim * multiplier]) }),
    }),
    forward: (params, x) =>
      tf.tidy(() => {
        sizes(x, 'b h w c', { c: dim });
        const y = convolveDepthwise(x, params.weight, { ...window, padding });
        return params.bias ? addBias(y, params.bias) : y;
      }),
  };
}
