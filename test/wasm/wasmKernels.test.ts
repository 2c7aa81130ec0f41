/**
 * The kernels that training lacks on wasm, each beside tfjs's plain backend in JavaScript. This folder is for processes on wasm
 * (`npm test -- wasm`): all copies of tfjs in one process share one engine.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { wavy } from '../tensor/gradients';

const image = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 7, 5, 4]);

/** What a function of tensors gives on each of the two backends, gradients included. */
async function differ(f: () => tf.Tensor | tf.Tensor[]): Promise<number> {
  const values = async (backend: string): Promise<number[][]> => {
    await tf.setBackend(backend);
    return tf.tidy(() => [f()].flat().map((tensor) => Array.from(tensor.dataSync())));
  };
  const theirs = await values('cpu');
  const ours = await values('wasm');
  expect(ours.map((each) => each.length)).toEqual(theirs.map((each) => each.length));
  return Math.max(...ours.flatMap((each, i) => each.map((value, k) => Math.abs(value - theirs[i]![k]!))));
}
const gradients = (
  f: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor,
  filter: [number, number, number, number],
): (() => tf.Tensor[]) => {
  return () => tf.grads((x, w) => tf.sum(tf.square(f(x as tf.Tensor4D, w as tf.Tensor4D))))([image(), wavy(filter, 1)]);
};

describe('on wasm as on the plain backend', () => {
  it.each([
    ['same', 1],
    ['same', 2],
    ['valid', 1],
    ['valid', [2, 1]],
    [1, 2],
  ] as ['same' | 'valid' | number, number][])('convolution, padding %s, stride %s', async (pad, stride) => {
    expect(
      await differ(gradients((x, w) => tf.conv2d(x, w, stride, pad, 'NHWC', 1, pad === 1 ? 'floor' : undefined), [3, 2, 4, 6])),
    ).toBeLessThan(1e-4);
  });
  it.each([
    ['same', 1, 1],
    ['same', 2, 2],
    ['valid', 2, 3],
  ] as ['same' | 'valid', number, number][])('depthwise convolution, padding %s, stride %s', async (pad, stride, multiplier) => {
    expect(await differ(gradients((x, w) => tf.depthwiseConv2d(x, w, stride, pad), [3, 2, 4, multiplier]))).toBeLessThan(1e-4);
  });
  it('einsum', async () => {
    expect(await differ(() => tf.einsum('bij,bjk->bik', wavy<tf.Rank.R3>([2, 3, 5]), wavy<tf.Rank.R3>([2, 5, 4], 1)))).toBeLessThan(1e-5);
  });
  it('unsorted segment sum, with numbers left out', async () => {
    const ids = (): tf.Tensor1D => tf.tensor1d([2, 0, 2, -1, 1, 0, 0], 'int32');
    expect(await differ(() => tf.unsortedSegmentSum(wavy<tf.Rank.R2>([7, 3]), ids(), 4))).toBeLessThan(1e-6);
    expect(() => tf.unsortedSegmentSum(tf.ones([1]), tf.tensor1d([3], 'int32'), 3)).toThrow('expected numbers below 3, got 3');
  });
  it('relu, relu6 and clipping keep a NaN of either sign', () => {
    const bits = new Float32Array(new Uint32Array([0xffc00000, 0x7fc00000]).buffer);
    const x = tf.concat([tf.tensor1d(bits), tf.tensor1d([-1, 3, Infinity, -Infinity, -0])]);
    expect(Array.from(tf.relu(x).dataSync())).toEqual([Number.NaN, Number.NaN, 0, 3, Infinity, 0, 0]);
    expect(Array.from(tf.relu6(x).dataSync())).toEqual([Number.NaN, Number.NaN, 0, 3, 6, 0, 0]);
    expect(Array.from(tf.clipByValue(x, -2, 2).dataSync())).toEqual([Number.NaN, Number.NaN, -1, 2, 2, -2, -0]);
  });
});
