import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  type ConvolveOptions,
  type ConvolveTransposedOptions,
  convolve,
  convolveDepthwise,
  convolveTransposed,
} from '../../../lib/tensor/ops';
import { windowOver } from '../../../lib/tensor/ops/padding';
import { gradientError, numbers, wavy } from '../gradients';

const TOLERANCE = 1e-3; // of the largest gradient, at step 1e-2

/** The formula, a number at a time. */
function byHand(x: tf.Tensor4D, filter: tf.Tensor4D, { groups = 1, ...options }: ConvolveOptions): tf.Tensor4D {
  const [b, h, w] = x.shape;
  const [kh, kw, from, to] = filter.shape;
  const { strides, dilations, before, output } = windowOver('byHand', [h, w], { kernel: [kh, kw], ...options });
  const y = tf.buffer([b, ...output, to] as [number, number, number, number]);
  const [image, weights] = [x.bufferSync(), filter.bufferSync()];
  for (let n = 0; n < y.size; n += 1) {
    const [image0, row, column, channel] = y.indexToLoc(n) as [number, number, number, number];
    const first = Math.floor(channel / (to / groups)) * from;
    let sum = 0;
    for (let tap = 0; tap < kh * kw * from; tap += 1) {
      const [u, v, c] = [Math.floor(tap / (kw * from)), Math.floor(tap / from) % kw, tap % from];
      const [i, j] = [row * strides[0] + u * dilations[0] - before[0], column * strides[1] + v * dilations[1] - before[1]];
      if (i >= 0 && j >= 0 && i < h && j < w) sum += image.get(image0, i, j, first + c) * weights.get(u, v, c, channel);
    }
    y.set(sum, image0, row, column, channel);
  }
  return y.toTensor() as tf.Tensor4D;
}

const worst = (ours: tf.Tensor, theirs: tf.Tensor): number => {
  expect(ours.shape).toEqual(theirs.shape);
  return tf.max(tf.abs(tf.sub(ours, theirs))).dataSync()[0]!;
};

const settings: { [name: string]: ConvolveOptions } = {
  'no padding': {},
  "'same'": { padding: 'same' },
  "'same' with a stride": { padding: 'same', stride: 2 },
  'two strides and paddings': { stride: [2, 1], padding: [1, 2] },
  'another padding on each side': { padding: [[2, 0], [1, 3]] }, // biome-ignore format: rows
  'a stride that leaves rows over': { stride: 3 },
  'two dilations': { dilation: [2, 1], padding: 1 },
  "a dilation with 'same' and a stride": { dilation: 2, padding: 'same', stride: 2 },
  'three groups': { groups: 3, padding: 1 },
  'groups, dilation, stride and padding at once': { groups: 3, dilation: [1, 2], stride: [3, 2], padding: [[0, 2], [2, 1]] }, // biome-ignore format: rows
  'each channel by itself': { groups: 6, padding: 'same' },
  'each channel by itself, dilated and striding': { groups: 6, dilation: 2, stride: 2, padding: 2 },
};

describe('convolve', () => {
  for (const [name, options] of Object.entries(settings)) {
    const x = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 7, 5, 6]);
    const filter = (): tf.Tensor4D => wavy<tf.Rank.R4>([3, 2, 6 / (options.groups ?? 1), 12], 1);
    it(`with ${name}: value and gradients`, () => {
      expect(worst(convolve(x(), filter(), options), byHand(x(), filter(), options))).toBeLessThan(1e-5);
      const small = { x: wavy<tf.Rank.R4>([1, 7, 5, 6]), filter: wavy<tf.Rank.R4>([3, 2, 6 / (options.groups ?? 1), 6], 1) };
      const errors = gradientError(small, ({ x, filter }) => convolve(x, filter, options));
      for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(TOLERANCE);
    });
  }

  it('is its own gradient, twice: the gradient of a gradient', () => {
    const errors = gradientError({ x: wavy<tf.Rank.R4>([1, 5, 4, 2]), filter: wavy<tf.Rank.R4>([3, 2, 2, 3], 1) }, ({ x, filter }) => {
      const [dx, dfilter] = tf.grads((x: tf.Tensor, filter: tf.Tensor) =>
        tf.sum(tf.square(convolve(x as tf.Tensor4D, filter as tf.Tensor4D, { padding: 1, stride: 2 }))),
      )([x, filter]);
      return tf.concat([tf.reshape(dx!, [-1]), tf.reshape(dfilter!, [-1])]);
    });
    for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(TOLERANCE);
  });

  it('says what it cannot do', () => {
    const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 4]);
    expect(() => convolve(x, tf.zeros([3, 3, 3, 2]))).toThrow('convolve: expected images of 3 channels (1 groups of 3), got 4');
    expect(() => convolve(x, tf.zeros([3, 3, 2, 3]), { groups: 2 })).toThrow(
      'convolve: expected groups that divide the channels, 4 in and 3 out, got 2',
    );
    expect(() => convolve(x, tf.zeros([7, 3, 4, 2]), { padding: 1 })).toThrow(
      'convolve: expected a grid of at least 7 x 3 with its padding, got 6 x 6',
    );
    expect(() => convolve(x, tf.zeros([3, 3, 4, 2]), { stride: 0 })).toThrow(
      'convolve: expected stride to be one or two whole numbers from 1, got 0',
    );
    expect(() => convolve(x, tf.zeros([3, 3, 4, 2]), { padding: -1 })).toThrow('convolve: expected padding');
  });
});

describe('convolveDepthwise', () => {
  it('makes output channel c m + j from input channel c', () => {
    const x = tf.tensor4d([1, 10], [1, 1, 1, 2]);
    expect(numbers(convolveDepthwise(x, tf.tensor4d([2, 3, 5, 7], [1, 1, 2, 2])))).toEqual([2, 3, 50, 70]);
  });
  it('has gradients', () => {
    const params = { x: wavy<tf.Rank.R4>([2, 5, 4, 3]), filter: wavy<tf.Rank.R4>([3, 2, 3, 2], 1) };
    const errors = gradientError(params, ({ x, filter }) => convolveDepthwise(x, filter, { padding: 'same', stride: 2 }));
    for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(TOLERANCE);
  });
});

describe('convolveTransposed', () => {
  const settings: { [name: string]: ConvolveTransposedOptions } = {
    'no options': {},
    'a stride and padding': { stride: 2, padding: 1 },
    'output padding': { stride: [3, 2], padding: 1, outputPadding: [2, 1] },
    'a dilation and as much output padding': { dilation: 3, padding: [2, 1], outputPadding: 2 },
    "'same'": { stride: 2, padding: 'same' },
    'groups and all else': { groups: 2, stride: 2, dilation: [1, 2], padding: [[1, 0], [2, 1]], outputPadding: 1 }, // biome-ignore format: rows
  };
  for (const [name, options] of Object.entries(settings)) {
    it(`with ${name}: what a convolution's transposed matrix does, with gradients`, () => {
      const { outputPadding: _, groups = 1, ...back } = options;
      const x = wavy<tf.Rank.R4>([1, 3, 4, 4]);
      const filter = wavy<tf.Rank.R4>([3, 2, 6 / groups, 4], 1);
      const y = convolveTransposed(x, filter, options);
      if (back.padding !== 'same') {
        const other = wavy<tf.Rank.R4>(y.shape, 2);
        const there = byHand(other, filter, { ...back, groups }); // <y, other> = <x, convolution of other>
        const cut = tf.slice(there, [0, 0, 0, 0], x.shape);
        expect(numbers(tf.sum(tf.mul(y, other)))[0]).toBeCloseTo(numbers(tf.sum(tf.mul(x, cut)))[0]!, 3);
      }
      const errors = gradientError({ x, filter }, ({ x, filter }) => convolveTransposed(x, filter, options));
      for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(TOLERANCE);
    });
  }

  it('gives PyTorch sizes: (n - 1) s - 2 p + d (k - 1) + outputPadding + 1', () => {
    const x = tf.zeros<tf.Rank.R4>([1, 4, 5, 2]);
    const filter = tf.zeros<tf.Rank.R4>([3, 3, 7, 2]);
    expect(convolveTransposed(x, filter, { stride: 2, padding: 1, outputPadding: 1 }).shape).toEqual([1, 8, 10, 7]);
    expect(convolveTransposed(x, filter, { stride: 2, padding: 'same' }).shape).toEqual([1, 8, 10, 7]);
    expect(() => convolveTransposed(x, filter, { outputPadding: 1 })).toThrow('convolveTransposed: expected outputPadding');
  });

  it('paints the filter at each position', () => {
    const x = tf.tensor4d([1, 2], [1, 1, 2, 1]);
    const filter = tf.tensor4d([1, 10, 100], [1, 3, 1, 1]);
    expect(numbers(convolveTransposed(x, filter, { stride: 2 }))).toEqual([1, 10, 102, 20, 200]);
  });
});
