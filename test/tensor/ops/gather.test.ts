import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gather, segmentSum } from '../../../lib/tensor/ops';
import { gradientError, numbers, wavy } from '../gradients';

const ids = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
const check = (errors: { [path: string]: number }): void => {
  for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(1e-3);
};

describe('gather', () => {
  it('takes slices along an axis, also several times, and puts the axes of the indices there', () => {
    const x = tf.tensor2d([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: rows
    expect(numbers(gather(x, ids(1, 1, 0)))).toEqual([4, 5, 6, 4, 5, 6, 1, 2, 3]);
    expect(numbers(gather(x, ids(2, 0), -1))).toEqual([3, 1, 6, 4]);
    expect(gather(wavy([2, 5, 3]), tf.zeros([4, 7], 'int32'), 1).shape).toEqual([2, 4, 7, 3]);
    expect(numbers(gather(tf.tensor1d([7, 8, 9], 'int32'), ids(2, 0)))).toEqual([9, 7]);
  });
  it('with batch axes takes other slices for each of the batch', () => {
    const x = tf.tensor2d([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: rows
    expect(numbers(gather(x, tf.tensor2d([[2], [0]], [2, 1], 'int32'), 1, 1))).toEqual([3, 4]);
    const deep = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    expect(numbers(gather(deep, tf.tensor2d([[1], [0]], [2, 1], 'int32'), 2, 1))).toEqual([2, 4, 5, 7]);
  });
  it('adds up gradients of slices taken more than once', () => {
    const grad = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(gather(x, ids(0, 2, 0)), tf.tensor1d([1, 10, 100]))))(tf.tensor1d([5, 6, 7]));
    expect(numbers(grad)).toEqual([101, 0, 10]);
  });
  it('has gradients along every axis', () => {
    check(gradientError({ x: wavy<tf.Rank.R3>([3, 4, 2]) }, ({ x }) => gather(x, tf.tensor2d([[3, 1], [1, 0]], [2, 2], 'int32'), 1))); // biome-ignore format: rows
    check(gradientError({ x: wavy<tf.Rank.R3>([2, 3, 4]) }, ({ x }) => gather(x, tf.tensor2d([[3, 1, 3], [1, 0, 0]], [2, 3], 'int32'), 2, 1))); // biome-ignore format: rows
  });
  it('refuses indices that are out of range or not whole', () => {
    expect(() => numbers(gather(tf.tensor1d([1, 2]), ids(2)))).toThrow();
    expect(() => numbers(gather(tf.tensor1d([1, 2]), ids(-1)))).toThrow();
    expect(() => numbers(gather(tf.zeros([2, 3]), tf.tensor2d([[3], [0]], [2, 1], 'int32'), 1, 1))).toThrow();
    expect(() => gather(tf.tensor1d([1, 2]), tf.tensor1d([0.5]))).toThrow('gather: expected int32 indices, got float32');
    expect(() => gather(tf.tensor1d([1, 2]), ids(0), 1)).toThrow('gather: expected an axis from -1 to 0 for shape [2], got 1');
    expect(() => gather(tf.zeros([2, 3]), tf.zeros([3, 1], 'int32'), 1, 1)).toThrow('gather: expected batchDims');
  });
});

describe('segmentSum', () => {
  it('adds slices of the same number; nothing makes zero', () => {
    const x = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // biome-ignore format: rows
    expect(numbers(segmentSum(x, ids(2, 0, 2), 3))).toEqual([3, 4, 0, 0, 6, 8]);
  });
  it('leaves slices of negative numbers out and refuses those beyond the count', () => {
    expect(numbers(segmentSum(tf.tensor1d([1, 2, 3]), ids(0, -1, 0), 2))).toEqual([4, 0]);
    expect(() => numbers(segmentSum(tf.tensor1d([1, 2, 3]), ids(0, 1, 2), 2))).toThrow();
    expect(() => segmentSum(tf.tensor1d([1, 2]), ids(0), 2)).toThrow(
      'segmentSum: expected an int32 number for each of the 2 slices, got int32 [1]',
    );
  });
  it('has gradients', () => check(gradientError({ x: wavy<tf.Rank.R2>([5, 3]) }, ({ x }) => segmentSum(x, ids(1, 0, 1, 3, 3), 4))));
});
