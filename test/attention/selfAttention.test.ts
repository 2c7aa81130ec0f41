import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { selfAttention } from '../../lib/attention/selfAttention';
import { countParameters, evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers, wavy } from '../tensor/gradients';

const identity = (dim: number, times: number): tf.Tensor2D =>
  tf.concat(
    Array.from({ length: times }, () => tf.eye(dim)),
    1,
  );

it('gives equal weight to equal pixels', () => {
  const attention = selfAttention({ dim: 2 });
  const { weights } = attention.forward(attention.init(initRandom(0)), tf.ones([1, 1, 2, 2]), evaluation);
  expect(numbers(weights as tf.Tensor)).toEqual([0.5, 0.5, 0.5, 0.5]);
});

it('is softmax(q k / sqrt(d)) by hand: pixels (1,0) and (0,1) with identity projections', () => {
  const attention = selfAttention({ dim: 2 });
  const params = { queryKeyValue: { weight: identity(2, 3) }, out: { weight: tf.eye(2) as tf.Tensor2D, bias: tf.zeros<tf.Rank.R1>([2]) } };
  const { output, weights } = attention.forward(params, tf.tensor4d([1, 0, 0, 1], [1, 1, 2, 2]), evaluation);
  const same = 1 / (1 + Math.exp(-1 / Math.SQRT2)); // scores 1 / sqrt 2 with itself, 0 with the other: 0.6698
  numbers(weights as tf.Tensor).forEach((value, i) => expect(value).toBeCloseTo([same, 1 - same, 1 - same, same][i]!, 6));
  numbers(output).forEach((value, i) => expect(value).toBeCloseTo([1 + same, 1 - same, 1 - same, 1 + same][i]!, 6));
});

it('does not care where pixels stand: shuffled pixels give shuffled outputs', () => {
  const attention = selfAttention({ dim: 6, heads: 3 });
  const params = attention.init(initRandom(5));
  const x = wavy<tf.Rank.R4>([1, 1, 4, 6]);
  const order = [2, 0, 3, 1];
  const shuffled = tf.concat(
    order.map((at) => tf.slice(x, [0, 0, at, 0], [1, 1, 1, 6])),
    2,
  ) as tf.Tensor4D;
  const rows = numbers(attention.forward(params, x, evaluation).output);
  const moved = numbers(attention.forward(params, shuffled, evaluation).output);
  order.forEach((at, row) => {
    for (let c = 0; c < 6; c++) expect(moved[row * 6 + c]).toBeCloseTo(rows[at * 6 + c]!, 5);
  });
});

it('forms the map only where the mode wants it, and the same output either way', () => {
  const attention = selfAttention({ dim: 6, heads: 3 });
  const params = attention.init(initRandom(5));
  const x = wavy<tf.Rank.R4>([2, 3, 4, 6]);
  const wanted: string[] = [];
  const mode = { ...evaluation, path: 'block0.attention', wants: (path: string) => wanted.push(path) < 0 };
  const { output, weights } = attention.forward(params, x, mode);
  expect(weights).toBeUndefined();
  expect(wanted).toEqual(['block0.attention']);
  expect(numbers(output)).toEqual(numbers(attention.forward(params, x, evaluation).output));
});

it('has 4 d^2 + d parameters: three projections without bias, one with', () => {
  expect(countParameters(selfAttention({ dim: 6, heads: 2 }).init(initRandom(0)))).toBe(4 * 36 + 6);
});

it('refuses heads that do not divide the depth', () => {
  expect(() => selfAttention({ dim: 10, heads: 4 })).toThrow('selfAttention: dim must be a multiple of heads, got dim=10, heads=4');
});
