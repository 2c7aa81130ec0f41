import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attentionPooling } from '../../../lib/attention/pooling/attentionPooling';
import { lossAndGradients } from '../../../lib/tensor/grad';
import { countParameters, evaluation } from '../../../lib/tensor/module';
import { initRandom } from '../../../lib/tensor/random';
import { numbers } from '../../tensor/gradients';

const x = (): tf.Tensor4D => tf.tensor4d([0, 1, Math.log(3), 2, 0, 3], [1, 1, 3, 2]);
const params = (): { score: { weight: tf.Tensor2D } } => ({ score: { weight: tf.tensor2d([[1], [0]]) } });

it('weighs positions by the softmax of one linear score: scores 0, log 3, 0 give 1/5, 3/5, 1/5', () => {
  const { output, weights } = attentionPooling({ dim: 2 }).forward(params(), x(), evaluation);
  numbers(weights as tf.Tensor).forEach((value, i) => expect(value).toBeCloseTo([0.2, 0.6, 0.2][i]!, 6));
  expect(numbers(output)[1]).toBeCloseTo(0.2 * 1 + 0.6 * 2 + 0.2 * 3, 6);
});

it('with top 2 shares all weight among the two best, the rest exactly 0', () => {
  const { weights } = attentionPooling({ dim: 2, top: 2 }).forward(params(), x(), evaluation);
  numbers(weights as tf.Tensor).forEach((value, i) => expect(value).toBeCloseTo([0.25, 0.75, 0][i]!, 6));
  expect(numbers(weights as tf.Tensor)[2]).toBe(0);
});

it('with top larger than the grid is the same as without', () => {
  const all = attentionPooling({ dim: 2, top: 99 }).forward(params(), x(), evaluation).weights;
  numbers(all as tf.Tensor).forEach((value, i) => expect(value).toBeCloseTo([0.2, 0.6, 0.2][i]!, 6));
});

it('learns through the selection: the score has a gradient, from the selected positions alone', () => {
  const pool = attentionPooling({ dim: 2, top: 1 });
  const { grads } = lossAndGradients(params(), (params) => ({
    loss: tf.sum(pool.forward(params, x(), evaluation).output) as tf.Scalar,
    aux: undefined,
  }));
  expect(numbers(grads.score.weight)).toEqual([0, 0]); // one position has weight 1 whatever its score
  const two = attentionPooling({ dim: 2, top: 2 });
  const both = lossAndGradients(params(), (params) => ({
    loss: tf.sum(two.forward(params, x(), evaluation).output) as tf.Scalar,
    aux: undefined,
  }));
  expect(Math.abs(numbers(both.grads.score.weight)[0]!)).toBeGreaterThan(0.1);
});

it('has one parameter a channel and refuses a top below 1', () => {
  expect(countParameters(attentionPooling({ dim: 7 }).init(initRandom(0)))).toBe(7);
  expect(() => attentionPooling({ dim: 2, top: 0 })).toThrow('attentionPooling: top must be a whole number from 1, got 0');
});
