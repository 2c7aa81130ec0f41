/**
 * Convolution along a sequence, 'b n from' -> 'b n to': a convolution over a grid one position high. Options and initial
 * weights as in conv2d; padding is 'same', 'valid', a number for both ends or [before, after].
 */
import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import { type Module, scope } from '../tensor/module';
import { addBias, convolve, type Padding } from '../tensor/ops';
import { normal } from '../tensor/random';

export type Conv1dOptions = {
  from: number;
  to: number;
  kernel?: number;
  stride?: number;
  padding?: 'same' | 'valid' | number | readonly [before: number, after: number];
  dilation?: number;
  groups?: number;
  bias?: boolean;
};
/** 'k from/groups to' and 'to'. */
export type Conv1dParams = { weight: Tensor3D; bias?: Tensor1D };

export function conv1d(options: Conv1dOptions): Module<Conv1dParams, Tensor3D, Tensor3D> {
  const { from, to, kernel = 3, stride = 1, padding = 'same', dilation = 1, groups = 1, bias = false } = options;
  if (from % groups !== 0 || to % groups !== 0)
    throw new Error(`conv1d: expected groups that divide from=${from} and to=${to}, got ${groups}`);
  const inputs = from / groups;
  const ends = typeof padding === 'number' ? ([padding, padding] as const) : padding;
  const around: Padding = typeof ends === 'string' ? ends : [[0, 0], ends]; // biome-ignore format: rows

  return {
    init: (random) => ({
      weight: normal(scope(random, 'weight'), [kernel, inputs, to], Math.sqrt(2 / (kernel * inputs))),
      ...(bias && { bias: tf.zeros<tf.Rank.R1>([to]) }),
    }),
    forward: (params, x) =>
      tf.tidy(() => {
        sizes(x, 'b n c', { c: from });
        const filter = tf.expandDims<tf.Tensor4D>(params.weight, 0);
        const grid = convolve(tf.expandDims<tf.Tensor4D>(x, 1), filter, {
          stride: [1, stride],
          padding: around,
          dilation: [1, dilation],
          groups,
        });
        const y = tf.squeeze<Tensor3D>(grid, [1]);
        return params.bias ? addBias(y, params.bias) : y;
      }),
  };
}
