import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { broadcast, logSumExp, maxOver, meanOver, sumOver } from '../../../lib/tensor/ops';
import { gradientError, numbers, wavy } from '../gradients';

type Reduction = (x: tf.Tensor, axes?: number | readonly number[], keep?: boolean) => tf.Tensor;
const ours: { [name: string]: [ours: Reduction, stock: Reduction] } = {
  sumOver: [sumOver, (x, axes, keep) => tf.sum(x, axes as number[], keep)],
  meanOver: [meanOver, (x, axes, keep) => tf.mean(x, axes as number[], keep)],
  maxOver: [maxOver, (x, axes, keep) => tf.max(x, axes as number[], keep)],
  logSumExp: [logSumExp, (x, axes, keep) => tf.log(tf.sum(tf.exp(x), axes as number[], keep))],
};
const choices = [undefined, 0, 1, 2, -1, -3, [0, 1], [0, 2], [2, 1], [0, 1, 2]];

describe.each(Object.entries(ours))('%s', (name, [reduction, stock]) => {
  it.each(choices)('over %j gives the plain values and shapes, with and without keeping the axes', (axes) => {
    for (const keep of [false, true]) {
      const [got, wanted] = [reduction(wavy([2, 3, 5]), axes, keep), stock(wavy([2, 3, 5]), axes, keep)];
      expect(got.shape).toEqual(wanted.shape);
      const right = numbers(wanted);
      numbers(got).forEach((value, i) => expect(value).toBeCloseTo(right[i]!, 5));
    }
  });

  it.each(choices)('over %j has the gradient of finite differences', (axes) => {
    for (const keep of [false, true]) {
      // no two values within two steps of each other, so that no largest value changes
      const errors = gradientError({ x: tf.mul(wavy([2, 3, 2]), 3) as tf.Tensor }, ({ x }) => reduction(x, axes, keep));
      expect(errors['x']).toBeLessThan(1e-3);
    }
  });

  it('lets NaN through, and keeps a scalar as it is', () => {
    expect(numbers(reduction(tf.tensor2d([[1, Number.NaN], [2, 3]]), 1))[0]).toBeNaN(); // biome-ignore format: rows
    expect(numbers(reduction(tf.scalar(2)))).toEqual([2]);
  });

  it('refuses axes that are not there, or twice', () => {
    for (const wrong of [2, -3, [0, 0], [0, -2], 0.5]) {
      expect(() => reduction(tf.zeros([2, 3]), wrong)).toThrow(
        `${name}: expected different axes from -2 to 1 for shape [2,3], got [${wrong}]`,
      );
    }
  });
});

const slopeOf = (f: (x: tf.Tensor) => tf.Tensor, x: number[]): number[] => numbers(tf.grad((x) => f(x))(tf.tensor1d(x)));

it('equal largest values share the gradient', () => {
  expect(slopeOf((x) => maxOver(x), [3, 1, 3, 3])).toEqual([1 / 3, 0, 1 / 3, 1 / 3].map(Math.fround));
});

it('logSumExp takes large and infinite values', () => {
  const close = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  expect(numbers(logSumExp(tf.tensor1d([1000, 1000])))[0]).toBeCloseTo(1000 + Math.LN2, 3);
  expect(slopeOf((x) => logSumExp(x), [1000, 1000])).toEqual([0.5, 0.5]);
  expect(numbers(logSumExp(tf.tensor1d([Number.NEGATIVE_INFINITY, 1])))).toEqual([1]);
  expect(numbers(logSumExp(tf.tensor1d(close)))).toEqual([Number.NEGATIVE_INFINITY]);
  expect(slopeOf((x) => logSumExp(x), close)).toEqual([0, 0]);
  expect(numbers(logSumExp(tf.tensor1d([Number.POSITIVE_INFINITY, 1])))).toEqual([Number.POSITIVE_INFINITY]);
});

it('broadcast repeats, and its gradient adds up what was repeated', () => {
  expect(numbers(broadcast(tf.tensor2d([[1], [2]]), [2, 2, 3]))).toEqual([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]);
  expect(gradientError({ x: wavy([3, 1]) }, ({ x }) => broadcast(x, [2, 3, 4]))['x']).toBeLessThan(1e-3);
  expect(gradientError({ x: wavy([1, 3]) }, ({ x }) => broadcast(x, [1, 3]))['x']).toBeLessThan(1e-3);
});
