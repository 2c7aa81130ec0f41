/**
 * Convolution, 'b h w from' -> 'b h w to'. Options are PyTorch's; the padding is TensorFlow's 'same' where none is given (the odd
 * row is added after), and a bias is added only where asked for: a norm that follows would take it away again.
 *
 * Initial weights: He normal, deviation sqrt(2 / (kh kw from / groups)) (He et al. 2015, arXiv:1502.01852); bias 0.
 */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import { type Module, scope } from '../tensor/module';
import { addBias, type ConvolveOptions, convolve, type Pair } from '../tensor/ops';
import { two } from '../tensor/ops/padding';
import { normal } from '../tensor/random';

export type Conv2dOptions = { from: number; to: number; kernel?: Pair; bias?: boolean } & ConvolveOptions;
/** 'kh kw from/groups to' and 'to'. */
export type Conv2dParams = { weight: Tensor4D; bias?: Tensor1D };

export function conv2d({ from, to, kernel = 3, bias = false, ...window }: Conv2dOptions): Module<Conv2dParams, Tensor4D, Tensor4D> {
  const { padding = 'same', groups = 1 } = window;
  const [kh, kw] = two(kernel);
  if (from % groups !== 0 || to % groups !== 0)
    throw new Error(`conv2d: expected groups that divide from=${from} and to=${to}, got ${groups}`);
  const inputs = from / groups;

  return {
    init: (random) => ({
      weight: normal(scope(random, 'weight'), [kh, kw, inputs, to], Math.sqrt(2 / (kh * kw * inputs))),
      ...(bias && { bias: tf.zeros<tf.Rank.R1>([to]) }),
    }),
    forward: (params, x) =>
      tf.tidy(() => {
        sizes(x, 'b h w c', { c: from });
        const y = convolve(x, params.weight, { ...window, padding });
        return params.bias ? addBias(y, params.bias) : y;
      }),
  };
}
