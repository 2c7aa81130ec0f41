import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  type AveragePoolOptions,
  averagePool,
  fold,
  type MaxPoolOptions,
  maxPool,
  type UnfoldOptions,
  unfold,
} from '../../../lib/tensor/ops';
import { gradientError, numbers, wavy } from '../gradients';

const row = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [1, 1, values.length, 1]);
const slope = (f: (x: tf.Tensor4D) => tf.Tensor, x: tf.Tensor4D): number[] =>
  numbers(tf.grad((x: tf.Tensor) => tf.sum(f(x as tf.Tensor4D)))(x));
const image = (): tf.Tensor4D => wavy<tf.Rank.R4>([1, 5, 4, 2]);
const check = (errors: { [path: string]: number }): void => {
  for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(1e-3);
};

describe('maxPool', () => {
  it('pads with -infinity: negative values win over padding', () => {
    expect(numbers(maxPool(row(-3, -1, -2), { kernel: [1, 3], stride: 1, padding: [0, 1] }))).toEqual([-1, -1, -1]);
  });
  it('gives the gradient to the first of equal values', () => {
    expect(slope((x) => maxPool(x, { kernel: [1, 2] }), row(5, 5, 1, 7))).toEqual([1, 0, 0, 1]);
    expect(slope((x) => maxPool(x, { kernel: 2 }), tf.ones([1, 4, 2, 1]))).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });
  it('adds the gradients of windows that overlap', () => {
    expect(slope((x) => maxPool(x, { kernel: [1, 3], stride: 1, padding: [0, 1] }), row(1, 9, 2))).toEqual([0, 3, 0]);
  });
  it('with a dilation looks at every second value', () => {
    const x = row(1, 8, 3, 2, 5);
    expect(numbers(maxPool(x, { kernel: [1, 3], stride: 1, dilation: 2 }))).toEqual([5]);
    expect(slope((x) => maxPool(x, { kernel: [1, 2], stride: 1, dilation: 2 }), x)).toEqual([0, 1, 1, 0, 1]);
  });
  it('with ceil takes a last window that begins on the grid', () => {
    expect(numbers(maxPool(row(1, 2, 3), { kernel: [1, 2] }))).toEqual([2]);
    expect(numbers(maxPool(row(1, 2, 3), { kernel: [1, 2], ceil: true }))).toEqual([2, 3]);
    expect(maxPool(row(1, 2, 3), { kernel: [1, 2], padding: [[0, 0], [1, 1]], ceil: true }).shape).toEqual([1, 1, 2, 1]); // biome-ignore format: rows
  });
  const settings: { [name: string]: MaxPoolOptions } = {
    'the usual two by two': { kernel: 2 },
    'a stride and padding': { kernel: 3, stride: 2, padding: 1 },
    "'same'": { kernel: 3, stride: 2, padding: 'same' },
    'all of it': { kernel: [3, 2], stride: [1, 2], padding: [[1, 0], [0, 1]], ceil: true }, // biome-ignore format: rows
    'a dilation': { kernel: 2, stride: 1, dilation: 2, padding: 1 },
  };
  for (const [name, options] of Object.entries(settings)) {
    it(`has gradients with ${name}`, () => {
      const apart = Array.from({ length: 40 }, (_, i) => ((i * 17) % 40) / 20); // by more than the step of the differences
      check(gradientError({ x: tf.tensor4d(apart, [1, 5, 4, 2]) }, ({ x }) => maxPool(x, options)));
    });
  }
  it('refuses windows that can lie on padding alone', () => {
    expect(() => maxPool(image(), { kernel: 2, padding: 2 })).toThrow('maxPool: expected less padding than a window is wide');
  });
});

describe('averagePool', () => {
  it('counts the padding, or leaves it out', () => {
    const window = { kernel: [1, 3], stride: 1, padding: [0, 1] } as const;
    expect(numbers(averagePool(row(3, 6, 9), window))).toEqual([3, 6, 5]);
    expect(numbers(averagePool(row(3, 6, 9), { ...window, includePadding: false }))).toEqual([4.5, 6, 7.5]);
  });
  it('never counts what ceil adds beyond the padding', () => {
    expect(numbers(averagePool(row(2, 4, 6), { kernel: [1, 2], ceil: true }))).toEqual([3, 6]);
    const padded = { kernel: [1, 3], stride: [1, 3], padding: [[0, 0], [0, 1]], ceil: true } as const; // biome-ignore format: rows
    expect(numbers(averagePool(row(2, 4, 6, 8), padded))).toEqual([4, 4]); // (8 + 0) / 2: the third is beyond the padding
  });
  const settings: { [name: string]: AveragePoolOptions } = {
    'the usual two by two': { kernel: 2 },
    'a stride and padding': { kernel: 3, stride: 2, padding: 1 },
    "'same' without its padding": { kernel: 3, stride: 2, padding: 'same', includePadding: false },
    'all of it': { kernel: [3, 2], stride: [1, 3], padding: [[1, 0], [0, 1]], ceil: true }, // biome-ignore format: rows
  };
  for (const [name, options] of Object.entries(settings)) {
    it(`has gradients with ${name}`, () => check(gradientError({ x: image() }, ({ x }) => averagePool(x, options))));
  }
});

describe('unfold', () => {
  it('lays the window out, rows before columns', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]);
    const patches = unfold(x, { kernel: 2 });
    expect(patches.shape).toEqual([1, 1, 2, 4, 1]);
    expect(numbers(patches)).toEqual([1, 2, 4, 5, 2, 3, 5, 6]);
  });
  it('fold adds up what came from one position', () => {
    const once = fold(unfold(tf.ones([1, 3, 3, 1]), { kernel: 2 }), [3, 3], { kernel: 2 });
    expect(numbers(once)).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]);
    expect(() => fold(tf.zeros([1, 2, 2, 9, 1]), [3, 3], { kernel: 2 })).toThrow(
      "fold: expected 'b i j places c' with 2, 2, 4 in the middle",
    );
  });
  const settings: { [name: string]: UnfoldOptions } = {
    'a kernel alone': { kernel: 2 },
    'a stride that leaves rows over': { kernel: [2, 1], stride: [2, 3] },
    'all of it': { kernel: [3, 2], stride: [1, 2], padding: [1, 2], dilation: [1, 2] },
    "'same'": { kernel: 3, padding: 'same' },
  };
  for (const [name, options] of Object.entries(settings)) {
    it(`has gradients with ${name}, and so has fold`, () => {
      check(gradientError({ x: image() }, ({ x }) => unfold(x, options)));
      const patches = wavy<tf.Rank.R5>(unfold(image(), options).shape);
      check(gradientError({ patches }, ({ patches }) => fold(patches, [5, 4], options)));
    });
  }
});
