import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { backend } from '../../../lib/native/backend';
import { type AttentionScores, attentionRows, packedAttention, scaledDotProductAttention } from '../../../lib/tensor/ops/attention';
import { attentionGradientPlain, attentionPlain } from '../../../lib/tensor/ops/attentionInPieces';
import { inTier, type Tier } from '../../native/tiers';
import { gradientError, numbers, wavy } from '../gradients';
import { oracle, type Problem, worst } from './attentionOracle';

const TOLERANCE = 5e-6; // of the largest number of a tensor, in float32

type Size = { b?: number; head?: number; n: number; m?: number; d: number; e?: number };
const problem = ({ b = 1, head = 2, n, m = n, d, e = d }: Size): Problem => ({
  query: wavy([b, head, n, d], 0.1),
  key: wavy([b, head, m, d], 0.2),
  value: wavy([b, head, m, e], 0.3),
});
const upstream = ({ query, value }: Problem): tf.Tensor4D =>
  wavy([...query.shape.slice(0, 3), value.shape[3]] as [number, number, number, number], 0.7);

/** Output and gradients by name, through tfjs's own differentiation. */
const bothIn =
  (tier: Tier) =>
  (given: Problem, dy: tf.Tensor4D): Record<string, tf.Tensor> =>
    inTier(tier, () => both(given, dy));
function both({ query, key, value, bias, ...rest }: Problem, dy: tf.Tensor4D): Record<string, tf.Tensor> {
  const scores = Object.fromEntries(Object.entries(rest).filter(([, given]) => given !== undefined)) as AttentionScores;
  const inputs = [query, key, value, ...(bias ? [bias] : [])];
  const run = (...[query, key, value, bias]: tf.Tensor[]): tf.Tensor =>
    scaledDotProductAttention({ query, key, value, ...(bias ? { bias } : {}), ...scores } as Parameters<
      typeof scaledDotProductAttention
    >[0]);
  const { value: output, grads } = tf.valueAndGrads(run)(inputs, dy);
  return { output, query: grads[0]!, key: grads[1]!, value: grads[2]!, ...(bias ? { bias: grads[3]! } : {}) };
}

function agrees(found: Record<string, tf.Tensor>, expected: ReturnType<typeof oracle>, tolerance = TOLERANCE): void {
  for (const [name, tensor] of Object.entries(found)) {
    expect(worst(tensor, expected[name as keyof typeof expected]), name).toBeLessThan(tolerance);
  }
}

const band = (n: number, m: number): tf.Tensor => tf.lessEqual(tf.abs(tf.sub(tf.reshape(tf.range(0, n), [n, 1]), tf.range(0, m))), 2);

describe.each<{ tier: Tier }>([{ tier: 'kernel' }, { tier: 'plain' }])('scaledDotProductAttention, $tier', ({ tier }) => {
  const both = bothIn(tier);

  it('is the mean of the values where the keys are equal, and picks a value where one key is much nearer', () => {
    const value = tf.tensor4d([1, 5, 9], [1, 1, 3, 1]);
    const one = { query: tf.ones([1, 1, 1, 1]) as tf.Tensor4D, value };
    const run = (key: tf.Tensor4D): number[] => numbers(inTier(tier, () => scaledDotProductAttention({ ...one, key })));
    expect(run(tf.ones([1, 1, 3, 1]))[0]).toBeCloseTo(5, 6);
    expect(run(tf.tensor4d([0, 100, 0], [1, 1, 3, 1]))).toEqual([5]);
  });

  it.each([1, 3, 8, 20, 32, 48, 64, 80, 128])('agrees with double precision at head width %i, gradients too', (d) => {
    const at = problem({ n: 13, d });
    agrees(both(at, upstream(at)), oracle(at, upstream(at)));
  });

  it.each([1, 7, 63, 64, 65, 200])('agrees with double precision at %i tokens, gradients too', (n) => {
    const at = problem({ b: 2, n, d: 20 });
    agrees(both(at, upstream(at)), oracle(at, upstream(at)));
  });

  it('takes more blocks of queries and keys than one, of which the last is a part', () => {
    const at = problem({ head: 1, n: 1061, m: 701, d: 8 });
    agrees(both(at, upstream(at)), oracle(at, upstream(at)), 1e-5);
  });

  it('takes values of another width than keys, and another number of keys than queries', () => {
    for (const size of [
      { n: 5, m: 70, d: 6, e: 18 },
      { n: 70, m: 5, d: 33, e: 2 },
    ]) {
      // biome-ignore format: one row
      const at = problem({ b: 2, head: 3, ...size });
      agrees(both(at, upstream(at)), oracle(at, upstream(at)));
    }
  });

  it('hides what the mask says, the same for all heads, images or queries where an axis is 1', () => {
    const [n, m] = [9, 70];
    const bits = (shape: number[]): tf.Tensor => tf.greater(wavy(shape as [number], 2), -0.3);
    for (const mask of [
      bits([2, 3, n, m]),
      bits([2, 1, n, m]),
      bits([3, n, m]),
      bits([2, 1, 1, m]),
      bits([m]),
      bits([2, 1, n, 1]),
      band(n, m),
    ]) {
      const at = { ...problem({ b: 2, head: 3, n, m, d: 7 }), mask };
      agrees(both(at, upstream(at)), oracle(at, upstream(at)));
    }
  });

  it('adds a bias and gives its gradient, summed over the axes where it is 1', () => {
    const [n, m] = [9, 70];
    for (const shape of [
      [2, 3, n, m],
      [1, 3, n, m],
      [2, 1, n, m],
      [n, m],
      [2, 1, 1, m],
      [3, n, 1],
    ]) {
      // biome-ignore format: one row
      const at = { ...problem({ b: 2, head: 3, n, m, d: 7 }), bias: wavy(shape as [number], 3), scale: 0.3 };
      agrees(both(at, upstream(at)), oracle(at, upstream(at)));
    }
  });

  it('is causal from the top left: query i sees keys 0 to i, whatever their numbers', () => {
    for (const [n, m] of [
      [5, 5],
      [90, 200],
      [200, 90],
      [130, 130],
    ] as const) {
      // biome-ignore format: one row
      const at = { ...problem({ n, m, d: 12 }), causal: true };
      agrees(both(at, upstream(at)), oracle(at, upstream(at)));
    }
  });

  it('puts mask, bias and causal form together', () => {
    const at = { ...problem({ b: 2, n: 80, d: 16 }), causal: true, mask: band(80, 80), bias: wavy<tf.Rank.R3>([2, 80, 80], 1) };
    agrees(both(at, upstream(at)), oracle(at, upstream(at)));
  });

  it('gives zero and no gradient for a query that sees no key, by mask or by a bias of minus infinity', () => {
    const none = tf.tensor2d([[0, 0, 0], [1, 1, 1]], [2, 3], 'bool'); // biome-ignore format: rows
    const hidden = tf.tensor2d([[-Infinity, -Infinity, -Infinity], [0, 0, 0]]); // biome-ignore format: rows
    for (const how of [{ mask: none }, { bias: tf.where(none, tf.zeros([2, 3]), hidden) }]) {
      const at = { ...problem({ head: 1, n: 2, m: 3, d: 4 }), ...how };
      const found = both(at, upstream(at));
      expect(numbers(found['output']!).slice(0, 4)).toEqual([0, 0, 0, 0]);
      expect(numbers(found['query']!).slice(0, 4)).toEqual([0, 0, 0, 0]);
      agrees(found, oracle(at, upstream(at)));
    }
  });

  it('stays right for scores in the thousands and far from zero', () => {
    const { query, key, value } = problem({ n: 20, d: 8 });
    const at = { query: tf.mul(query, 30) as tf.Tensor4D, key: tf.mul(tf.add(key, 20), 30) as tf.Tensor4D, value };
    const found = both(at, upstream(at));
    for (const tensor of Object.values(found)) expect(numbers(tensor).every(Number.isFinite)).toBe(true);
    expect(worst(found['output']!, oracle(at, upstream(at)).output)).toBeLessThan(0.05); // scores themselves are rounded to some 1e-2
  });

  it('lets a NaN through to the rows it touches', () => {
    const { query, key, value } = problem({ head: 1, n: 3, d: 2 });
    const broken = tf.where(tf.tensor4d([1, 0, 0, 0, 0, 0], [1, 1, 3, 2], 'bool'), tf.fill([1, 1, 3, 2], Number.NaN), query) as tf.Tensor4D;
    const mask = tf.ones([3, 3], 'bool');
    const output = numbers(inTier(tier, () => scaledDotProductAttention({ query: broken, key, value, mask })));
    expect(output.map(Number.isNaN)).toEqual([true, true, false, false, false, false]);
  });

  it('repeats a mask and a bias of fewer images, as windows of one image after another need it', () => {
    const bias = wavy<tf.Rank.R4>([3, 2, 9, 70], 1);
    for (const mask of [undefined, tf.greater(wavy<tf.Rank.R4>([2, 1, 9, 70], 2), -0.3)]) {
      const at = { ...problem({ b: 6, n: 9, m: 70, d: 5 }), mask, bias };
      agrees(both(at, upstream(at)), oracle(at, upstream(at)));
    }
  });

  it('has the gradient of finite differences for query, key, value and bias', () => {
    const { query, key, value } = problem({ n: 3, m: 5, d: 4, e: 2 });
    const mask = tf.tensor1d([1, 1, 0, 1, 1], 'bool');
    const errors = inTier(tier, () =>
      gradientError({ query, key, value, bias: wavy<tf.Rank.R3>([2, 3, 5], 1) }, (inputs) =>
        scaledDotProductAttention({ ...inputs, mask }),
      ),
    );
    for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(backend().name === 'wasm' ? 2e-3 : 1e-3);
  });

  it('has the same bytes each time', () => {
    const at = problem({ b: 2, head: 3, n: 300, d: 16 });
    const bytes = (): number[][] => Object.values(both(at, upstream(at))).map(numbers);
    expect(bytes()).toEqual(bytes());
  });

  it('leaves its result and nothing else', () => {
    const at = { ...problem({ n: 5, d: 4 }), mask: band(5, 5) };
    inTier(tier, () => {
      const before = tf.memory().numTensors;
      scaledDotProductAttention(at as Parameters<typeof scaledDotProductAttention>[0]);
      packedAttention(tf.zeros([1, 5, 3, 2, 4]));
      expect(tf.memory().numTensors - before).toBe(3); // two results and the zeros
    });
  });

  it('refuses what does not fit, and says what was expected', () => {
    const at = problem({ n: 3, d: 4 });
    expect(() => scaledDotProductAttention({ ...at, key: tf.zeros([1, 2, 3, 5]) } as never)).toThrow(
      "sizes: expected 'b=1 head=2 m d=4', got shape [1,2,3,5]",
    );
    expect(() => scaledDotProductAttention({ ...at, mask: tf.ones([3, 3]) } as never)).toThrow(
      'scaledDotProductAttention: expected a mask of type bool, true where a query sees a key, got float32; numbers to add are a bias',
    );
    expect(() => scaledDotProductAttention({ ...at, bias: tf.ones([3, 3], 'bool') } as never)).toThrow(
      'scaledDotProductAttention: expected a bias of type float32, got bool; a mask is bool',
    );
    expect(() => scaledDotProductAttention({ ...at, bias: tf.ones([4, 3]) } as never)).toThrow(
      'scaledDotProductAttention: expected a bias that fits b=1, head=2, n=3, m=3, got shape [4,3]',
    );
    expect(() => scaledDotProductAttention({ ...at, scale: Number.NaN } as never)).toThrow(
      'scaledDotProductAttention: expected a finite scale, got NaN',
    );
  });
});

describe('the form in stock tfjs', () => {
  it('agrees with double precision where a row of scores is a piece of its own, with everything together', () => {
    const at = { ...problem({ head: 3, n: 33, m: 20_000, d: 2 }), bias: wavy<tf.Rank.R3>([3, 1, 20_000], 1), causal: true };
    const none = tf.tensor1d([], 'bool');
    const scores = { scale: 1 / Math.SQRT2, causal: true };
    const dy = upstream(at);
    const expected = oracle(at, dy);
    const inputs = { query: at.query, key: at.key, value: at.value, mask: none, bias: tf.reshape(at.bias, [1, 3, 1, 20_000]) };
    const output = attentionPlain(inputs, scores);
    agrees({ output, ...attentionGradientPlain({ ...inputs, dy, output }, scores) }, expected, 1e-5);
  });

  it('treats each image by itself where many small heads are more than one piece, and sums the gradient of what they share', () => {
    const at = problem({ b: 3, head: 12, n: 150, d: 1 });
    const scores = { scale: 1, causal: false };
    const bias = wavy<tf.Rank.R4>([1, 1, 150, 150], 1);
    const run = ({ query, key, value }: Problem, dy: tf.Tensor): { [name: string]: tf.Tensor } => {
      const inputs = { query, key, value, bias, mask: tf.tensor1d([], 'bool') };
      const output = attentionPlain(inputs, scores);
      return { output, ...attentionGradientPlain({ ...inputs, dy, output }, scores) };
    };
    const image = (x: tf.Tensor, b: number): tf.Tensor4D => tf.slice(x, [b, 0, 0, 0], [1, -1, -1, -1]) as tf.Tensor4D;
    const dy = upstream(at);
    const { bias: shared, ...all } = run(at, dy);
    const alone = Array.from({ length: 3 }, (_, b) =>
      run({ query: image(at.query, b), key: image(at.key, b), value: image(at.value, b) }, image(dy, b)),
    );
    for (const [name, tensor] of Object.entries(all)) {
      const last = Float64Array.from(numbers(alone[2]![name]!));
      expect(worst(image(tensor, 2), last), name).toBeLessThan(TOLERANCE);
    }
    const sum = Float64Array.from(numbers(tf.addN(alone.map(({ bias }) => bias!))));
    expect(worst(shared!, sum)).toBeLessThan(TOLERANCE);
  });
});

describe('packedAttention', () => {
  it('is the same as with queries, keys and values apart, and so is its gradient', () => {
    for (const [head, d] of [
      [3, 5],
      [2, 16],
    ] as const) {
      // biome-ignore format: one row
      const packed = wavy<tf.Rank.R5>([2, 70, 3, head, d]);
      const dy = wavy<tf.Rank.R4>([2, 70, head, d], 0.4);
      const scores = { bias: wavy<tf.Rank.R3>([head, 70, 70], 1), mask: band(70, 70) };
      const apart = (packed: tf.Tensor5D, bias: tf.Tensor): tf.Tensor => {
        const [query, key, value] = tf.unstack(tf.transpose(packed, [2, 0, 3, 1, 4])) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
        return tf.transpose(scaledDotProductAttention({ query, key, value, mask: scores.mask, bias }), [0, 2, 1, 3]);
      };
      const together = (packed: tf.Tensor5D, bias: tf.Tensor): tf.Tensor => packedAttention(packed, { mask: scores.mask, bias });
      const results = [apart, together].map((f) => tf.valueAndGrads(f as (...x: tf.Tensor[]) => tf.Tensor)([packed, scores.bias], dy));
      const [expected, found] = results.map(({ value, grads }) => [value, ...grads]) as [tf.Tensor[], tf.Tensor[]];
      found.forEach((tensor, i) => expect(worst(tensor, Float64Array.from(numbers(expected[i]!)))).toBeLessThan(TOLERANCE));
    }
  });

  it('refuses a tensor that does not hold three projections', () => {
    expect(() => packedAttention(tf.zeros([1, 4, 2, 1, 8]))).toThrow("sizes: expected 'b n three=3 head d', got shape [1,4,2,1,8]");
  });
});

describe('attentionRows', () => {
  it('gives the rows that attention used: with the identity for values its output is the weights', () => {
    const n = 70;
    const { query, key } = problem({ b: 2, n, d: 9 });
    const value = tf.broadcastTo(tf.eye(n), [2, 2, n, n]) as tf.Tensor4D;
    for (const scores of [{}, { causal: true }, { mask: band(n, n), bias: wavy<tf.Rank.R2>([n, n], 2) }]) {
      const used = scaledDotProductAttention({ query, key, value, ...scores });
      expect(worst(attentionRows({ query, key, ...scores }), Float64Array.from(numbers(used)))).toBeLessThan(TOLERANCE);
      const some = attentionRows({ query, key, ...scores, rows: [69, 0, 3] });
      const wanted = tf.concat([69, 0, 3].map((row) => tf.slice(used, [0, 0, row, 0], [-1, -1, 1, -1])), 2); // biome-ignore format: one row
      expect(worst(some, Float64Array.from(numbers(wanted)))).toBeLessThan(TOLERANCE);
      for (const sum of numbers(tf.sum(some, -1))) expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('refuses a row that is not there', () => {
    const { query, key } = problem({ n: 3, d: 2 });
    expect(() => attentionRows({ query, key, rows: [3] })).toThrow('attentionRows: expected rows from 0 to 2, got 3');
    expect(() => attentionRows({ query, key, rows: [] })).toThrow('attentionRows: expected rows from 0 to 2, got none');
  });
});
