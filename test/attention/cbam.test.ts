import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type CbamParams, cbam } from '../../lib/attention/cbam';
import { countParameters, evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers } from '../tensor/gradients';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const near = (x: tf.Tensor, expected: readonly number[]): void => {
  const found = numbers(x);
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
};

/** Two channels, one hidden unit that adds them and hands the sum to the first channel alone; the spatial score is mean - max. */
const params = (): CbamParams => ({
  channel: {
    squeeze: { weight: tf.tensor2d([[1], [1]]), bias: tf.tensor1d([0]) },
    excite: { weight: tf.tensor2d([[0.25, 0]]), bias: tf.tensor1d([0, 0]) },
  },
  spatial: {
    conv: { weight: tf.tensor4d([1, -1], [1, 1, 2, 1]) },
    norm: {
      scale: tf.tensor1d([1]),
      shift: tf.tensor1d([0]),
      running: { mean: tf.tensor1d([0]), variance: tf.tensor1d([1 - 1e-5]) }, // the epsilon makes it 1
    },
  },
});
const image = (): tf.Tensor4D => tf.tensor4d([2, 4, 6, 0], [1, 1, 2, 2]); // pixels (2, 4) and (6, 0): means 4 and 2, maxima 6 and 4

describe('cbam', () => {
  it('gates channels by mean and maximum, then positions by mean and maximum of what passed, by hand', () => {
    const { output, weights } = cbam({ dim: 2, kernel: 1 }).forward(params(), image(), evaluation);
    const first = sigmoid(0.25 * (4 + 2) + 0.25 * (6 + 4)); // both summaries through the mlp, added
    const pixels = [2 * first, 4 * 0.5, 6 * first, 0];
    const where = [
      sigmoid((pixels[0]! + pixels[1]!) / 2 - Math.max(pixels[0]!, pixels[1]!)),
      sigmoid((pixels[2]! + pixels[3]!) / 2 - Math.max(pixels[2]!, pixels[3]!)),
    ];
    const maps = weights as { channel: tf.Tensor; spatial: tf.Tensor };
    near(maps.channel, [first, 0.5]);
    near(maps.spatial, where);
    near(
      output,
      pixels.map((value, i) => value * where[i >> 1]!),
    );
  });

  it('sums over the pools that it is given: the root of squares and the log of exponentials too', () => {
    const gate = cbam({ dim: 2, pools: ['norm', 'logSumExp'], spatial: false });
    const { weights } = gate.forward({ channel: params().channel }, image(), evaluation);
    const norms = Math.hypot(2, 6) + Math.hypot(4, 0);
    const logs = Math.log(Math.exp(2) + Math.exp(6)) + Math.log(Math.exp(4) + 1);
    near((weights as { channel: tf.Tensor }).channel, [sigmoid(0.25 * (norms + logs)), 0.5]);
  });

  it('has a slope also where a channel is dead', () => {
    const gate = cbam({ dim: 2, pools: ['norm'], spatial: false });
    const slope = tf.grad((x: tf.Tensor) => gate.forward({ channel: params().channel }, x as tf.Tensor4D, evaluation).output);
    expect(numbers(slope(tf.zeros([1, 1, 2, 2]))).every(Number.isFinite)).toBe(true);
  });

  it('is light when the mean of the summaries goes through the mlp once', () => {
    const gate = cbam({ dim: 2, kernel: 1, light: true });
    const { weights } = gate.forward(
      { ...params(), spatial: { ...params().spatial!, conv: { weight: tf.tensor4d([1], [1, 1, 1, 1]) } } },
      image(),
      evaluation,
    );
    const first = sigmoid(0.25 * ((4 + 2 + (6 + 4)) / 2));
    const maps = weights as { channel: tf.Tensor; spatial: tf.Tensor };
    near(maps.channel, [first, 0.5]);
    near(maps.spatial, [sigmoid(((2 * first + 2) / 2 + 2) / 2), sigmoid((3 * first + 6 * first) / 2)]);
  });

  it.each([
    [64, 680, 612, 563],
    [128, 2284, 2148, 2099],
    [256, 8564, 8292, 8243],
  ])('has the published counts at %i channels: authors %i, timm %i, light %i', (dim, official, timm, light) => {
    const count = (options: object): number => countParameters(cbam({ dim, ...options }).init(initRandom(0)));
    expect([count({}), count({ bias: false }), count({ bias: false, light: true })]).toEqual([official, timm, light]);
  });

  it('refuses an even kernel, pools it does not know and no pool at all', () => {
    expect(() => cbam({ dim: 4, kernel: 4 })).toThrow('cbam: kernel must be an odd number from 1, got 4');
    expect(() => cbam({ dim: 4, pools: ['median' as never] })).toThrow(
      'cbam: pools must be some of mean, max, norm, logSumExp, got median',
    );
    expect(() => cbam({ dim: 4, pools: [] })).toThrow('cbam: pools must be some of mean, max, norm, logSumExp, got none');
  });
});
