import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { multiHeadAttention } from '../../../lib/attention/tokens/multiHeadAttention';
import { countParameters, evaluation } from '../../../lib/tensor/module';
import { initRandom } from '../../../lib/tensor/random';
import { numbers, wavy } from '../../tensor/gradients';

const random = initRandom(5);
const identity = (dim: number, times: number): tf.Tensor2D =>
  tf.concat(
    Array.from({ length: times }, () => tf.eye(dim)),
    1,
  );
const near = (found: tf.Tensor, expected: readonly number[], digits = 5): void => {
  expect(found.size).toBe(expected.length);
  numbers(found).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, digits));
};

describe('multiHeadAttention', () => {
  it('is softmax(q k / sqrt(d)) v by hand: tokens (1,0) and (0,1) with identity projections', () => {
    const attention = multiHeadAttention({ dim: 2 });
    const params = {
      queryKeyValue: { weight: identity(2, 3) },
      out: { weight: tf.eye(2) as tf.Tensor2D, bias: tf.zeros<tf.Rank.R1>([2]) },
    };
    const { output, weights } = attention.forward(params, { query: tf.tensor3d([1, 0, 0, 1], [1, 2, 2]) }, evaluation);
    const same = 1 / (1 + Math.exp(-1 / Math.SQRT2)); // scores 1 / sqrt 2 with itself, 0 with the other: 0.6698
    near(weights as tf.Tensor, [same, 1 - same, 1 - same, same]);
    near(output, [same, 1 - same, 1 - same, same]);
  });

  it('looks at other tokens when they are given, with the same projections', () => {
    const attention = multiHeadAttention({ dim: 6, heads: 2, bias: true });
    const params = attention.init(random);
    const all = wavy<tf.Rank.R3>([2, 5, 6]);
    const first = tf.slice(all, [0, 0, 0], [2, 2, 6]);
    const itself = attention.forward(params, { query: all }, evaluation);
    const other = attention.forward(params, { query: first, key: all }, evaluation);
    expect(other.output.shape).toEqual([2, 2, 6]);
    expect((other.weights as tf.Tensor).shape).toEqual([2, 2, 2, 5]);
    near(other.output, numbers(tf.slice(itself.output, [0, 0, 0], [2, 2, 6])));
    const values = attention.forward(params, { query: first, key: all, value: tf.zeros([2, 5, 6]) }, evaluation);
    near(values.weights as tf.Tensor, numbers(other.weights as tf.Tensor));
  });

  it('gives masked keys exactly no weight, and where none is left nothing at all', () => {
    const attention = multiHeadAttention({ dim: 4, heads: 2 });
    const mask = tf.tensor([1, 1, 0, 0, 0, 0, 1, 1, 1], [3, 3], 'bool');
    const { output, weights } = attention.forward(attention.init(random), { query: wavy<tf.Rank.R3>([1, 3, 4]), mask }, evaluation);
    const rows = numbers(weights as tf.Tensor);
    expect([rows[2], rows[3], rows[4], rows[5]]).toEqual([0, 0, 0, 0]);
    expect(rows[0]! + rows[1]!).toBeCloseTo(1, 6);
    near(tf.slice(output, [0, 1, 0], [1, 1, 4]), [0, 0, 0, 0]); // the bias of `out` starts at 0
  });

  it('adds a bias to the scores: a large one decides', () => {
    const attention = multiHeadAttention({ dim: 4 });
    const bias = tf.tensor2d([0, 0, 50, 0, 0, 50, 50, 0, 0], [3, 3]);
    const { weights } = attention.forward(attention.init(random), { query: wavy<tf.Rank.R3>([1, 3, 4]), bias }, evaluation);
    near(weights as tf.Tensor, [0, 0, 1, 0, 0, 1, 1, 0, 0]);
  });

  it('sees no later token when causal', () => {
    const attention = multiHeadAttention({ dim: 4, causal: true });
    const { weights } = attention.forward(attention.init(random), { query: wavy<tf.Rank.R3>([1, 3, 4]) }, evaluation);
    const rows = numbers(weights as tf.Tensor);
    expect([rows[0], rows[1], rows[2], rows[5]]).toEqual([1, 0, 0, 0]);
  });

  it('forms its map only where it is wanted, and gives the same output', () => {
    for (const qkNorm of [undefined, 'layer', 'rms'] as const) {
      const attention = multiHeadAttention({ dim: 6, heads: 3, qkNorm });
      const params = attention.init(random);
      const query = wavy<tf.Rank.R3>([2, 4, 6]);
      const quiet = attention.forward(params, { query }, { ...evaluation, wants: () => false });
      expect(quiet.weights).toBeUndefined();
      expect(numbers(quiet.output)).toEqual(numbers(attention.forward(params, { query }, evaluation).output));
    }
  });

  it('has the published counts at 64 channels and 8 heads: 16,448, with biases 16,640, with normed queries and keys 16,672', () => {
    const count = (options: object): number => countParameters(multiHeadAttention({ dim: 64, heads: 8, ...options }).init(random));
    expect([count({}), count({ bias: true }), count({ bias: true, qkNorm: 'layer' })]).toEqual([16_448, 16_640, 16_672]);
    expect(count({ headDim: 4 })).toBe(64 * 96 + 32 * 64 + 64);
  });

  it('refuses heads that do not divide the depth, and tokens that do not fit', () => {
    expect(() => multiHeadAttention({ dim: 10, heads: 4 })).toThrow(
      'multiHeadAttention: dim must be a multiple of heads, got dim=10, heads=4',
    );
    const attention = multiHeadAttention({ dim: 4 });
    const run = (key: tf.Tensor3D) => attention.forward(attention.init(random), { query: tf.zeros([2, 3, 4]), key }, evaluation);
    expect(() => run(tf.zeros([2, 3, 5]))).toThrow("sizes: expected 'b=2 n d=4', got shape [2,3,5]");
    expect(() => run(tf.zeros([1, 3, 4]))).toThrow("sizes: expected 'b=2 n d=4', got shape [1,3,4]");
  });
});
