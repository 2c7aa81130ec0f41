import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { accuracy, addBias, batchNormalise, crossEntropy, gridMean, layerNormalise, relu, topMask } from '../../lib/tensor/ops';
import { gradientError, numbers, wavy } from './gradients';

const TOLERANCE = 1e-3; // of the largest gradient, at step 1e-2

describe('values', () => {
  it('relu keeps what is positive', () => {
    expect(numbers(relu(tf.tensor1d([-2, 0, 3])))).toEqual([0, 0, 3]);
  });

  it('addBias adds along the last axis', () => {
    expect(numbers(addBias(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([10, 20])))).toEqual([11, 22, 13, 24]); // biome-ignore format: rows
  });

  it('gridMean averages the positions of each channel', () => {
    const x = tf.tensor4d([1, 10, 3, 30, 5, 50, 7, 70], [1, 2, 2, 2]);
    expect(numbers(gridMean(x))).toEqual([4, 40]);
  });

  it('batchNormalise gives mean 0 and deviation 1, and the unbiased variance', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [4, 1, 1, 1]);
    const { y, mean, variance } = batchNormalise(x, tf.tensor1d([2]), tf.tensor1d([1]), 0);
    expect(numbers(mean)).toEqual([2.5]);
    expect(numbers(variance)[0]).toBeCloseTo(5 / 3, 5);
    numbers(y).forEach((value, i) => expect(value).toBeCloseTo(1 + (2 * ([1, 2, 3, 4][i]! - 2.5)) / Math.sqrt(1.25), 4));
  });

  it('layerNormalise normalises each row by itself', () => {
    const y = numbers(layerNormalise(tf.tensor2d([[1, 3], [10, 30]]), tf.tensor1d([1, 1]), tf.tensor1d([0, 0]), 0)); // biome-ignore format: rows
    y.forEach((value, i) => expect(value).toBeCloseTo([-1, 1, -1, 1][i]!, 5));
  });

  it('crossEntropy of equal logits is log of the number of classes', () => {
    const loss = numbers(crossEntropy(tf.zeros([2, 5]), tf.tensor1d([0, 4], 'int32')));
    loss.forEach((value) => expect(value).toBeCloseTo(Math.log(5), 6));
  });

  it('topMask marks the k largest, of equal values the first', () => {
    expect(numbers(topMask(tf.tensor2d([[1, 5, 3], [2, 2, 2]]), 2))).toEqual([0, 1, 1, 1, 1, 0]); // biome-ignore format: rows
    expect(numbers(topMask(tf.tensor2d([[5], [2]]), 1))).toEqual([1, 1]); // biome-ignore format: rows
    expect(() => topMask(tf.tensor2d([[1, 2]]), 3)).toThrow('topMask: expected a whole number k from 1 to 2, got 3');
  });

  it('accuracy counts only the rows with weight', () => {
    const logits = tf.tensor2d([[2, 1], [2, 1], [1, 2]]); // biome-ignore format: rows
    expect(numbers(accuracy(logits, tf.tensor1d([0, 1, 1], 'int32'), tf.tensor1d([1, 1, 0])))).toEqual([0.5]);
  });
});

describe('gradients against finite differences', () => {
  const cases: { [name: string]: () => { [path: string]: number } } = {
    relu: () => gradientError({ x: tf.add(wavy([3, 5]), 0.05) }, ({ x }) => relu(x)),
    addBias: () => gradientError({ x: wavy([2, 3, 5]), bias: wavy<tf.Rank.R1>([5], 1) }, ({ x, bias }) => addBias(x, bias)),
    gridMean: () => gradientError({ x: wavy<tf.Rank.R4>([2, 3, 5, 2]) }, ({ x }) => gridMean(x)),
    batchNormalise: () =>
      gradientError(
        { x: wavy<tf.Rank.R4>([3, 2, 5, 2]), scale: tf.tensor1d([0.7, 1.3]), shift: tf.tensor1d([0.2, -0.4]) },
        ({ x, scale, shift }) => batchNormalise(x, scale, shift, 1e-3).y,
      ),
    layerNormalise: () =>
      gradientError({ x: wavy([2, 3, 7]), scale: wavy<tf.Rank.R1>([7], 2), shift: wavy<tf.Rank.R1>([7], 3) }, ({ x, scale, shift }) =>
        layerNormalise(x, scale, shift, 1e-3),
      ),
    crossEntropy: () => gradientError({ x: wavy<tf.Rank.R2>([5, 3]) }, ({ x }) => crossEntropy(x, tf.tensor1d([0, 2, 1, 1, 0], 'int32'))),
  };
  for (const [name, errors] of Object.entries(cases)) {
    it(`${name} within ${TOLERANCE} for every input`, () => {
      for (const [path, error] of Object.entries(errors())) expect(error, path).toBeLessThan(TOLERANCE);
    });
  }

  it('topMask passes none', () => {
    const grad = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(topMask(x, 1), tf.tensor1d([1, 2, 3]))))(tf.tensor1d([1, 5, 3]));
    expect(numbers(grad)).toEqual([0, 0, 0]);
  });
});
