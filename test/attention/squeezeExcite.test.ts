import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { squeezeExcite } from '../../lib/attention/squeezeExcite';
import { countParameters, evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers } from '../tensor/gradients';

it('scales a channel by sigmoid(W2 relu(W1 mean)) by hand', () => {
  const gate = squeezeExcite({ dim: 2, reduction: 2 });
  const params = {
    squeeze: { weight: tf.tensor2d([[1], [1]]), bias: tf.tensor1d([0]) }, // mean 2 and 4: 6
    excite: { weight: tf.tensor2d([[0.5, -0.5]]), bias: tf.tensor1d([0, 0]) }, // gates sigmoid(3), sigmoid(-3)
  };
  const { output, weights } = gate.forward(params, tf.tensor4d([1, 4, 3, 4], [1, 1, 2, 2]), evaluation);
  const open = 1 / (1 + Math.exp(-3));
  numbers(weights as tf.Tensor).forEach((value, i) => expect(value).toBeCloseTo([open, 1 - open][i]!, 6));
  numbers(output).forEach((value, i) => expect(value).toBeCloseTo([open, 4 * (1 - open), 3 * open, 4 * (1 - open)][i]!, 5));
});

it('has 2 c^2 / r + c + c / r parameters: 580 for 64 channels reduced 16 times', () => {
  expect(countParameters(squeezeExcite({ dim: 64 }).init(initRandom(0)))).toBe((2 * 64 * 64) / 16 + 64 + 4);
});

it.each([
  [64, 1096, 2128, 512],
  [128, 2184, 8352, 2048],
  [256, 8464, 33088, 8192],
])('has the published counts at %i channels: 8 hidden or dim / 16 %i, dim / 4 %i, dim / 16 without bias %i', (dim, timm, quarter, bare) => {
  const count = (options: object): number => countParameters(squeezeExcite({ dim, ...options }).init(initRandom(0)));
  expect([count({ hidden: Math.max(8, dim / 16) }), count({ reduction: 4 }), count({ bias: false })]).toEqual([timm, quarter, bare]);
});

it('looks at mean and maximum alike when asked: (mean + max) / 2', () => {
  const gate = squeezeExcite({ dim: 1, hidden: 1, bias: false, maxPool: true });
  const one = { weight: tf.tensor2d([[1]]) };
  const { weights } = gate.forward({ squeeze: one, excite: one }, tf.tensor4d([1, 5], [1, 1, 2, 1]), evaluation);
  expect(numbers(weights as tf.Tensor)[0]).toBeCloseTo(1 / (1 + Math.exp(-4)), 6); // mean 3, maximum 5
});

it('refuses a hidden width that is none', () => {
  expect(() => squeezeExcite({ dim: 8, hidden: 0 })).toThrow('squeezeExcite: hidden must be a whole number from 1, got 0');
  expect(() => squeezeExcite({ dim: 8, reduction: 0 })).toThrow('squeezeExcite: reduction must be above 0, got 0');
});
