import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dropout } from '../../lib/layers/dropout';
import { dropout2d } from '../../lib/layers/dropout2d';
import { dropPath } from '../../lib/layers/dropPath';
import { evaluation, type Module, type NoParams, scope } from '../../lib/tensor/module';
import { dropped } from '../../lib/tensor/ops';
import { numbers } from '../tensor/gradients';
import { trainingMode } from './check';

const layers: { [name: string]: (options: { rate: number }) => Module<NoParams, tf.Tensor4D, tf.Tensor> } = {
  dropout,
  dropout2d,
  dropPath,
};

describe.each(Object.entries(layers))('%s', (name, make) => {
  const ones = tf.util.sizeFromShape([40, 3, 2, 50]);
  const forward = (rate: number, mode = trainingMode()): number[] =>
    numbers(make({ rate }).forward({}, tf.ones<tf.Rank.R4>([40, 3, 2, 50]), mode));

  it('divides what is left by 1 - rate and drops about its share', () => {
    const values = forward(0.25);
    expect(values.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    const choices = { dropout: ones, dropout2d: 40 * 50, dropPath: 40 }[name]!;
    const share = values.filter((value) => value === 0).length / ones;
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / choices)); // four standard deviations
  });

  it('draws the same for the same seed, step and path, and other masks for other paths', () => {
    expect(forward(0.5)).toEqual(forward(0.5));
    expect(forward(0.5, scope(trainingMode(), 'elsewhere'))).not.toEqual(forward(0.5));
  });

  it('passes all in evaluation and at rate 0, and refuses a rate of 1', () => {
    expect(forward(0.5, evaluation)).toEqual(new Array(ones).fill(1));
    expect(forward(0)).toEqual(new Array(ones).fill(1));
    expect(() => make({ rate: 1 })).toThrow(`${name}: expected a rate from 0 up to but not 1, got 1`);
    expect(() => make({ rate: Number.NaN })).toThrow('got NaN');
  });
});

it('dropout2d drops channels whole, dropPath images whole', () => {
  const x = tf.ones<tf.Rank.R4>([4, 3, 5, 6]);
  const constant = (y: tf.Tensor, axes: number[]): boolean => tf.all(tf.equal(tf.max(y, axes), tf.min(y, axes))).dataSync()[0] === 1;
  const channels = dropout2d({ rate: 0.5 }).forward({}, x, trainingMode());
  expect([constant(channels, [1, 2]), constant(channels, [1, 2, 3])]).toEqual([true, false]);
  const images = dropPath<tf.Tensor4D>({ rate: 0.5 }).forward({}, x, trainingMode());
  expect([constant(images, [1, 2, 3]), constant(images, [0, 1, 2, 3])]).toEqual([true, false]);
});

it('dropped follows the noise: below the rate nothing is left, value and gradient', () => {
  const noise = tf.tensor1d([0, 0.49, 0.5, 0.99]);
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => dropped(x, noise, 0.5))(
    tf.tensor1d([1, 2, 3, 4]),
    tf.tensor1d([1, 10, 100, 1000]),
  );
  expect(numbers(value)).toEqual([0, 0, 6, 8]);
  expect(numbers(grad)).toEqual([0, 0, 200, 2000]);
});
