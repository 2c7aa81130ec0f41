import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { logSoftmax, maskedSoftmax, softmax } from '../../../lib/tensor/ops';
import { inTier, tiers } from '../../native/tiers';
import { gradientError, numbers, wavy } from '../gradients';

const closed = Number.NEGATIVE_INFINITY;
const shares = (x: tf.Tensor, axis: number): tf.Tensor => tf.div(tf.exp(x), tf.sum(tf.exp(x), axis, true));
const agree = (got: tf.Tensor, wanted: tf.Tensor): void => {
  expect(got.shape).toEqual(wanted.shape);
  const right = numbers(wanted);
  numbers(got).forEach((value, i) => expect(value).toBeCloseTo(right[i]!, 6));
};

describe.each(tiers)('as $tier', ({ tier }) => {
  const run: <T>(body: () => T) => T = (body) => inTier(tier, body);

  it.each([0, 1, 2, 3, -1, -2, -4])('along axis %d: exponentials over their sum, and the logarithm of that', (axis) => {
    const x = wavy([2, 3, 5, 4]);
    agree(
      run(() => softmax(x, axis)),
      shares(x, axis),
    );
    agree(
      run(() => logSoftmax(x, axis)),
      tf.log(shares(x, axis)),
    );
  });

  it.each([0, 1, 2])('gradients along axis %d', (axis) => {
    const mask = tf.tensor2d([[1, 0, 1], [1, 1, 1]]); // biome-ignore format: rows
    const open = tf.reshape(mask, [2, 3, 1]);
    for (const f of [softmax, logSoftmax, (x: tf.Tensor, axis?: number) => maskedSoftmax(x, open, axis)]) {
      expect(run(() => gradientError({ x: wavy([2, 3, 4]) as tf.Tensor }, ({ x }) => f(x, axis)))['x']).toBeLessThan(1e-3);
    }
  });

  it('of equal scores the shares are equal; 0 and ln 3 give a quarter and three', () => {
    agree(
      run(() => softmax(tf.tensor1d([7, 7, 7, 7]))),
      tf.fill([4], 0.25),
    );
    agree(
      run(() => softmax(tf.tensor1d([0, Math.log(3)]))),
      tf.tensor1d([0.25, 0.75]),
    );
  });

  it('takes large scores and closed places', () => {
    agree(
      run(() => softmax(tf.tensor1d([1e4, 1e4, -1e4]))),
      tf.tensor1d([0.5, 0.5, 0]),
    );
    agree(
      run(() => softmax(tf.tensor1d([0, closed]))),
      tf.tensor1d([1, 0]),
    );
    expect(numbers(run(() => logSoftmax(tf.tensor1d([0, 200]))))).toEqual([-200, 0]);
    agree(
      run(() => logSoftmax(tf.tensor2d([[1e4], [1e4]]), 0)),
      tf.fill([2, 1], -Math.LN2),
    );
    expect(numbers(run(() => softmax(tf.tensor2d([[Number.NaN, 1], [1, 1]]))))).toEqual([Number.NaN, Number.NaN, 0.5, 0.5]); // biome-ignore format: rows
  });

  it.each(['bool', 'int32', 'float32'] as const)('a %s mask closes places whatever their score, and whole rows', (dtype) => {
    const scores = tf.tensor2d([[0, Number.NaN, 0], [5, 6, 7]]); // biome-ignore format: rows
    const mask = tf.tensor2d([[1, 0, 1], [0, 0, 0]], [2, 3], dtype); // biome-ignore format: rows
    const { value, grad } = run(() =>
      tf.valueAndGrad((x: tf.Tensor) => maskedSoftmax(x, mask))(scores, tf.tensor2d([[1, 2, 3], [1, 2, 3]])),
    ); // biome-ignore format: rows
    expect(numbers(value)).toEqual([0.5, 0, 0.5, 0, 0, 0]);
    expect(numbers(grad).map(Math.abs)).toEqual([0.5, 0, 0.5, 0, 0, 0]);
  });

  it('a mask of fewer axes closes the same places everywhere, along any axis', () => {
    const x = wavy<tf.Rank.R3>([2, 3, 4]);
    const mask = tf.tensor1d([1, 0, 1, 1]);
    const shut = numbers(run(() => maskedSoftmax(x, mask, 1)));
    expect(shut.filter((value) => value === 0).length).toBe(2 * 3);
    agree(
      run(() => maskedSoftmax(x, mask, 1)),
      tf.mul(shares(x, 1), mask),
    );
    const rows = tf.where(tf.cast(mask, 'bool'), x, tf.fill(x.shape, closed));
    agree(
      run(() => maskedSoftmax(x, mask)),
      shares(rows, 2),
    );
  });
});

it('refuses a mask that does not fit and an axis that is not there', () => {
  expect(() => maskedSoftmax(tf.zeros([2, 3]), tf.ones([2]))).toThrow(
    'maskedSoftmax: expected a mask that broadcasts to [2,3], got shape [2]',
  );
  expect(() => softmax(tf.zeros([2, 3]), 2)).toThrow('softmax: expected different axes from -2 to 1 for shape [2,3], got [2]');
});
