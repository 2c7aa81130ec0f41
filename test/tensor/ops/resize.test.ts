import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adaptiveAveragePool, adaptiveMaxPool, type ResizeOptions, resize } from '../../../lib/tensor/ops';
import { gradientError, numbers, wavy } from '../gradients';

const row = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [1, 1, values.length, 1]);
const image = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 4, 3, 2]);
const check = (errors: { [path: string]: number }): void => {
  for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(1e-3);
};
const close = (ours: tf.Tensor, expected: number[]): void => {
  const found = numbers(ours);
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
};

describe('resize', () => {
  it('bilinear: centres at (i + 1/2) n / m - 1/2, the border repeated', () => {
    close(resize(row(0, 4), [1, 4]), [0, 1, 3, 4]);
    close(resize(row(0, 4), [1, 3], { alignCorners: true }), [0, 2, 4]);
    close(resize(row(1, 2, 3, 4), [1, 2]), [1.5, 3.5]);
  });
  it('nearest: the first pixel that begins before, nearestExact: the nearest centre', () => {
    close(resize(row(1, 2, 3), [1, 5], { mode: 'nearest' }), [1, 1, 2, 2, 3]); // floor of 0, 0.6, 1.2, 1.8, 2.4
    close(resize(row(1, 2, 3), [1, 2], { mode: 'nearest' }), [1, 2]); // floor of 0, 1.5
    close(resize(row(1, 2, 3), [1, 2], { mode: 'nearestExact' }), [1, 3]); // floor of 0.75, 2.25
  });
  it('bicubic weighs four neighbours with a = -0.75, area averages', () => {
    const spike = resize(row(0, 0, 0, 1, 0, 0, 0, 0), [1, 16], { mode: 'bicubic' });
    const side = [-0.03515625, -0.10546875, 0.26171875, 0.87890625];
    close(tf.slice(spike, [0, 0, 3, 0], [1, 1, 8, 1]), [...side, ...[...side].reverse()]);
    close(resize(row(1, 2, 3, 4), [1, 2], { mode: 'area' }), [1.5, 3.5]);
  });
  const settings: ResizeOptions[] = [
    { mode: 'bilinear' },
    { mode: 'bilinear', alignCorners: true },
    { mode: 'bicubic' },
    { mode: 'bicubic', alignCorners: true },
    { mode: 'nearest' },
    { mode: 'nearestExact' },
    { mode: 'area' },
  ];
  for (const options of settings) {
    it(`${options.mode}${options.alignCorners ? ' with aligned corners' : ''} has gradients, larger and smaller`, () => {
      check(gradientError({ x: image() }, ({ x }) => resize(x, [7, 5], options)));
      check(gradientError({ x: image() }, ({ x }) => resize(x, [3, 2], options)));
    });
  }
  it('takes one position, and refuses what it does not know', () => {
    close(resize(row(3, 5), 1, { alignCorners: true }), [3]);
    expect(() => resize(image(), 0)).toThrow('resize: expected one or two whole numbers from 1 as size, got 0');
    expect(() => resize(image(), 4, { mode: 'lanczos' as 'area' })).toThrow('resize: expected mode to be one of');
    expect(() => resize(image(), 4, { mode: 'nearest', alignCorners: true })).toThrow('resize: expected bilinear or bicubic');
  });
});

describe('adaptive pooling', () => {
  it('bins share the positions that do not divide: 5 in 2 are 0..2 and 2..4', () => {
    close(adaptiveAveragePool(row(1, 2, 3, 4, 5), [1, 2]), [2, 4]);
    close(adaptiveMaxPool(row(1, 2, 9, 4, 5), [1, 2]), [9, 9]);
  });
  it('more bins than positions repeat them', () => {
    close(adaptiveAveragePool(row(1, 3), [1, 4]), [1, 1, 3, 3]);
    close(adaptiveMaxPool(row(1, 3), [1, 4]), [1, 1, 3, 3]);
  });
  it('the gradient of the maximum goes to the first of equal values, row before column', () => {
    const x = tf.tensor4d([0, 7, 7, 0], [1, 2, 2, 1]);
    const grad = tf.grad((x: tf.Tensor) => tf.sum(adaptiveMaxPool(x as tf.Tensor4D, 1)))(x);
    expect(numbers(grad)).toEqual([0, 1, 0, 0]);
  });
  it('has gradients', () => {
    const x = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 7, 5, 2]);
    check(gradientError({ x: x() }, ({ x }) => adaptiveAveragePool(x, [3, 2])));
    const apart = tf.tensor4d(
      Array.from({ length: 70 }, (_, i) => ((i * 31) % 70) / 20),
      [1, 7, 5, 2],
    ); // by more than the step of the differences
    check(gradientError({ x: apart }, ({ x }) => adaptiveMaxPool(x, [3, 2])));
  });
  it('says what sizes are', () => {
    expect(() => adaptiveAveragePool(image(), [2, 0])).toThrow(
      'adaptiveAveragePool: expected one or two whole numbers of bins from 1, got [2,0]',
    );
  });
});
