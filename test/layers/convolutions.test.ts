import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { conv1d } from '../../lib/layers/conv1d';
import { conv2d } from '../../lib/layers/conv2d';
import { convTranspose2d } from '../../lib/layers/convTranspose2d';
import { depthwiseConv } from '../../lib/layers/depthwiseConv';
import { evaluation, type Module } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import type { Tree } from '../../lib/tensor/tree';
import { gradientError, numbers, wavy } from '../tensor/gradients';

const outputOf = <P extends Tree, X extends tf.Tensor>(module: Module<P, X, tf.Tensor>, x: X): tf.Tensor =>
  module.forward(module.init(initRandom(2)), x, evaluation);

/** Deviation of the output over normal inputs: 1 in, sqrt(2) out, which a relu brings back to a mean square of 1. */
function deviation<P extends Tree, X extends tf.Tensor>(module: Module<P, X, tf.Tensor>, shape: number[]): number {
  const x = tf.randomNormal(shape, 0, 1, 'float32', 3) as X;
  return Math.sqrt(numbers(tf.mean(tf.square(outputOf(module, x))))[0]!);
}

describe('sizes', () => {
  const image = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 9, 7, 4]);
  it('conv2d: kernel, stride, padding, dilation and groups as in PyTorch, and same', () => {
    expect(outputOf(conv2d({ from: 4, to: 6 }), image()).shape).toEqual([2, 9, 7, 6]);
    expect(outputOf(conv2d({ from: 4, to: 6, stride: 2 }), image()).shape).toEqual([2, 5, 4, 6]);
    const all = conv2d({ from: 4, to: 6, kernel: [5, 3], stride: [2, 1], padding: [1, 0], dilation: 2, groups: 2, bias: true });
    expect(outputOf(all, image()).shape).toEqual([2, 2, 3, 6]); // (9 + 2 - 9) / 2 + 1, 7 - 5 + 1
    expect(all.init(initRandom(2)).weight.shape).toEqual([5, 3, 2, 6]);
    expect(() => conv2d({ from: 4, to: 6, groups: 3 })).toThrow('conv2d: expected groups that divide from=4 and to=6, got 3');
  });
  it('conv1d', () => {
    const x = wavy<tf.Rank.R3>([2, 9, 4]);
    expect(outputOf(conv1d({ from: 4, to: 6, kernel: 5 }), x).shape).toEqual([2, 9, 6]);
    expect(outputOf(conv1d({ from: 4, to: 6, stride: 2, padding: [2, 1], dilation: 3, groups: 2 }), x).shape).toEqual([2, 3, 6]); // (9 + 3 - 7) / 2 + 1
    expect(outputOf(conv1d({ from: 4, to: 6, padding: 1, stride: 2 }), x).shape).toEqual([2, 5, 6]);
  });
  it('depthwiseConv has multiplier outputs a channel', () => {
    expect(outputOf(depthwiseConv({ dim: 4, multiplier: 3, kernel: 7 }), image()).shape).toEqual([2, 9, 7, 12]);
  });
  it('convTranspose2d turns a stride around', () => {
    expect(outputOf(convTranspose2d({ from: 4, to: 6, stride: 2 }), image()).shape).toEqual([2, 18, 14, 6]);
    expect(outputOf(convTranspose2d({ from: 4, to: 6, stride: 2, padding: 1, outputPadding: 1, groups: 2 }), image()).shape).toEqual([
      2, 18, 14, 6,
    ]);
  });
});

it('initial weights keep the size of what passes, whatever the stride, kernel and groups', () => {
  const modules = {
    conv2d: conv2d({ from: 16, to: 32, kernel: [5, 3], groups: 2, stride: 2, padding: 'valid' }),
    depthwise: depthwiseConv({ dim: 16, multiplier: 2, padding: 'valid' }),
    transposed: convTranspose2d({ from: 16, to: 32, kernel: 4, stride: 2, groups: 2 }),
  };
  for (const [name, module] of Object.entries(modules)) {
    const found = deviation(module as unknown as Module<Tree, tf.Tensor4D, tf.Tensor>, [8, 20, 20, 16]);
    expect(Math.abs(found - Math.SQRT2), name).toBeLessThan(0.2);
  }
  const along = deviation(conv1d({ from: 16, to: 32, kernel: 5, padding: 'valid' }), [8, 100, 16]);
  expect(Math.abs(along - Math.SQRT2)).toBeLessThan(0.2);
});

describe('gradients of every parameter and of the input, with a bias', () => {
  const check = <P extends Tree, X extends tf.Tensor>(module: Module<P, X, tf.Tensor>, x: X): void => {
    const params = module.init(initRandom(2));
    const errors = gradientError({ params, x }, ({ params, x }) => module.forward(params, x, evaluation));
    expect(Object.keys(errors)).toEqual(['params.weight', 'params.bias', 'x']);
    for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(1e-3);
  };
  const image = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 4, 3, 2]);
  it('conv2d', () => check(conv2d({ from: 2, to: 4, groups: 2, dilation: [1, 2], bias: true }), image()));
  it('conv1d', () => check(conv1d({ from: 2, to: 3, stride: 2, bias: true }), wavy<tf.Rank.R3>([2, 7, 2])));
  it('depthwiseConv', () => check(depthwiseConv({ dim: 2, multiplier: 2, bias: true }), image()));
  it('convTranspose2d', () => check(convTranspose2d({ from: 2, to: 3, stride: 2, bias: true }), image()));
});
