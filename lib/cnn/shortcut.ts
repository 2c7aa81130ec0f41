/**
 * The way around a residual block (He et al. 2016, arXiv:1512.03385), where the block changes the shape: 'b h w from' -> 'b h/stride
 * w/stride to'.
 *
 *   projection    y = bn(conv 1x1(x))                                       the paper's option B
 *   zeroPadding   every stride-th pixel of x, channels of zeros around it    option A, nothing to learn
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type BatchNormParams, batchNorm } from '../layers/batchNorm';
import { type Conv2dParams, conv2d } from '../layers/conv2d';
import { sizes } from '../tensor/axes';
import { type Module, named } from '../tensor/module';

export type ShortcutKind = 'projection' | 'zeroPadding';
export type ShortcutOptions = { from: number; to: number; stride: number; kind: ShortcutKind };
export type ShortcutParams = { conv: Conv2dParams; norm: BatchNormParams } | undefined;

export function shortcut({ from, to, stride, kind }: ShortcutOptions): Module<ShortcutParams, Tensor4D, Tensor4D> {
  if (kind === 'zeroPadding') return zeroPadding(from, to, stride);
  if (kind !== 'projection') throw new Error(`shortcut: expected projection or zeroPadding, got ${kind}`);
  const conv = named('conv', conv2d({ from, to, stride, kernel: 1 }));
  const norm = named('norm', batchNorm({ dim: to }));
  return {
    init: (random) => ({ conv: conv.init(random), norm: norm.init(random) }),
    forward: (params, x, mode) => norm.forward(params!.norm, conv.forward(params!.conv, x, mode), mode),
  };
}

function zeroPadding(from: number, to: number, stride: number): Module<ShortcutParams, Tensor4D, Tensor4D> {
  if (to < from) throw new Error(`shortcut: zeroPadding can only widen, got from=${from}, to=${to}`);
  const before = Math.floor((to - from) / 2);
  return {
    init: () => undefined,
    forward: (_, x) =>
      tf.tidy(() => {
        const pixels = stride === 1 ? x : everyNth(x, stride);
        return tf.pad(pixels, [[0, 0], [0, 0], [0, 0], [before, to - from - before]]) as Tensor4D; // biome-ignore format: one row
      }),
  };
}

/** x[:, ::n, ::n, :], as slices of joined axes: those have a gradient on every backend. */
function everyNth(x: Tensor4D, n: number): Tensor4D {
  const { b, h, w, c } = sizes(x, 'b h w c');
  const [rows, columns] = [Math.ceil(h / n), Math.ceil(w / n)];
  const whole = tf.pad(x, [[0, 0], [0, rows * n - h], [0, columns * n - w], [0, 0]]); // biome-ignore format: one row
  const thinned = tf.slice(tf.reshape(whole, [b, rows, n * columns * n, c]), [0, 0, 0, 0], [b, rows, columns * n, c]);
  return tf.slice(tf.reshape(thinned, [b, rows, columns, n * c]), [0, 0, 0, 0], [b, rows, columns, c]) as Tensor4D;
}
