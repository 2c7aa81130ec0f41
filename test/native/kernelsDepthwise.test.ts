/** The kernels of depthwise convolution and of the maximum's gradient, beside TensorFlow's operations and the plain form. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type ConvolveOptions, convolveDepthwise, type MaxPoolOptions, maxPool } from '../../lib/tensor/ops';
import { numbers, wavy } from '../tensor/gradients';
import { inTier } from './tiers';

/** Value and gradients in each of the three forms: the largest difference to the plain one. */
function differences(f: (...tensors: tf.Tensor[]) => tf.Tensor, tensors: tf.Tensor[]): number[] {
  const all = (): tf.Tensor[] => {
    const y = f(...tensors);
    return [y, ...tf.grads((...given) => tf.sum(tf.mul(f(...given), wavy(y.shape as [number], 0.5))))(tensors)];
  };
  const plain = inTier('plain', all).map(numbers);
  return (['kernel', 'tensorflow'] as const).map((tier) =>
    Math.max(...inTier(tier, all).flatMap((tensor, i) => numbers(tensor).map((value, k) => Math.abs(value - plain[i]![k]!)))),
  );
}

describe('depthwise convolution', () => {
  const settings: ConvolveOptions[] = [
    { padding: 'same' },
    { padding: 'same', dilation: 2 },
    { padding: 'same', dilation: [1, 3] },
    { padding: [[4, 0], [1, 3]], dilation: 2 }, // biome-ignore format: rows
    { stride: 2, padding: 1 },
    { stride: [3, 1], dilation: [1, 2] },
  ];
  // fewer channels than a vector has, as many, and more
  it.each([3, 16, 37])('of %s channels, value and gradients', (channels) => {
    for (const options of settings) {
      for (const kernel of [
        [3, 3],
        [5, 1],
        [2, 9],
      ] as const) {
        // biome-ignore format: rows
        const sizes = options.padding === 'same' || options.padding === 1 || kernel[1] < 9 ? kernel : ([2, 3] as const);
        const x = wavy<tf.Rank.R4>([3, 11, 10, channels]);
        const filter = wavy<tf.Rank.R4>([...sizes, channels, 1], 1);
        const found = differences((x, filter) => convolveDepthwise(x as tf.Tensor4D, filter as tf.Tensor4D, options), [x, filter]);
        for (const worst of found) expect(worst, `${JSON.stringify(options)} ${sizes}`).toBeLessThan(2e-4);
      }
    }
  });
});

describe('the gradient of the maximum', () => {
  const settings: MaxPoolOptions[] = [
    { kernel: 2 },
    { kernel: 3, stride: 2, padding: 1 },
    { kernel: [3, 2], stride: 1, padding: 'same', dilation: 2 },
    { kernel: 3, stride: 2, padding: 1, ceil: true },
  ];
  it.each([1, 5, 130])('of %s channels, with values that are equal', (channels) => {
    const x = tf.round(tf.mul(wavy<tf.Rank.R4>([2, 7, 6, channels]), 2)) as tf.Tensor4D; // few values, many of them equal
    for (const options of settings) {
      for (const worst of differences((x) => maxPool(x as tf.Tensor4D, options), [x]))
        expect(worst, JSON.stringify(options)).toBeLessThan(1e-5);
    }
  });
});
