/**
 * Transposed convolution, 'b h w from' -> 'b h w to': the grid grows by the stride. Options are PyTorch's:
 *
 *   height out = (height - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1        with 'same', the default: height stride
 *
 * Initial weights: He normal over what an output position receives, deviation sqrt(2 sh sw / (kh kw from / groups)); bias 0.
 */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import { type Module, scope } from '../tensor/module';
import { addBias, type ConvolveTransposedOptions, convolveTransposed, type Pair } from '../tensor/ops';
import { two } from '../tensor/ops/padding';
import { normal } from '../tensor/random';

export type ConvTranspose2dOptions = { from: number; to: number; kernel?: Pair; bias?: boolean } & ConvolveTransposedOptions;
/** 'kh kw to/groups from' and 'to'. */
export type ConvTranspose2dParams = { weight: Tensor4D; bias?: Tensor1D };

export function convTranspose2d(options: ConvTranspose2dOptions): Module<ConvTranspose2dParams, Tensor4D, Tensor4D> {
  const { from, to, kernel = 3, bias = false, ...window } = options;
  const { padding = 'same', groups = 1, stride = 1 } = window;
  const [[kh, kw], [sh, sw]] = [two(kernel), two(stride)];
  if (from % groups !== 0 || to % groups !== 0)
    throw new Error(`convTranspose2d: expected groups that divide from=${from} and to=${to}, got ${groups}`);
  const received = (kh * kw * from) / groups / (sh * sw);

  return {
    init: (random) => ({
      weight: normal(scope(random, 'weight'), [kh, kw, to / groups, from], Math.sqrt(2 / received)),
      ...(bias && { bias: tf.zeros<tf.Rank.R1>([to]) }),
    }),
    forward: (params, x) =>
      tf.tidy(() => {
        sizes(x, 'b h w c', { c: from });
        const y = convolveTransposed(x, params.weight, { ...window, padding });
        return params.bias ? addBias(y, params.bias) : y;
      }),
  };
}
