/**
 * Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762), exact, whose gradient forms the weights again instead of
 * keeping them (Dao et al. 2022, arXiv:2205.14135):
 *
 *   o_i = sum_j a_ij v_j        a_ij = softmax_j(scale q_i . k_j + bias_ij), over the keys j that i may see
 *
 * Kept for the gradient: inputs, output and, where a kernel of ours runs, two numbers a query: the largest score and the logarithm
 * of the sum. No tensor has as many numbers as there are pairs, but bias and mask if they are given so.
 *
 * A query sees a key if `mask` (bool) is true there and, where `causal`, if the key's number is not above its own, both counted
 * from 0 (the corner is at the top left also where queries and keys differ in number, as in PyTorch). A bias of minus infinity
 * hides a key too. A query that sees no key gives zero, and no gradient.
 */
import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { type Attributes, type Inputs, operation } from '../operation';
import { attentionGradientPlain, attentionPlain, attentionWeights, type Scores } from './attentionInPieces';

/** What changes the weights beside queries and keys. */
export type AttentionScores = {
  /**
   * bool, true where a query sees a key; 'b head n m', with 1 for an axis it is the same along, or fewer leading axes. The first may
   * be a divisor of b and repeats: windows of images one after another have a mask a window (ops/windows).
   */
  mask?: Tensor;
  /** Added to the scaled scores; shaped like `mask`; has a gradient. */
  bias?: Tensor;
  causal?: boolean;
  /** 1 / sqrt(d) if left out. */
  scale?: number;
};

const attentionOp = operation({
  name: 'FoveaAttention',
  plain: (inputs, attributes) => [attentionPlain(inputs, attributes as Scores)],
  gradient: ([dy], { inputs, outputs }, attributes) => {
    const [query, key, value, bias] = attentionGradOp({ dy: dy!, ...inputs, ...withStatistics(outputs) }, attributes);
    return { query: query!, key: key!, value: value!, ...(bias ? { bias } : {}) };
  },
});
const attentionGradOp = operation({
  name: 'FoveaAttentionGrad',
  plain: (inputs, attributes) => {
    const { query, key, value, bias } = attentionGradientPlain(inputs, attributes as Scores);
    return bias ? [query!, key!, value!, bias] : [query!, key!, value!];
  },
});

const packedOp = operation({
  name: 'FoveaPackedAttention',
  plain: ({ packed, mask, bias }, attributes) => [
    tf.tidy(() =>
      tf.transpose(attentionPlain({ ...unpackHeads(packed as Tensor5D), mask: mask!, bias: bias! }, attributes as Scores), HEADS_INSIDE),
    ),
  ],
  gradient: ([dy], { inputs, outputs }, attributes) => {
    const [packed, bias] = packedGradOp({ dy: dy!, ...inputs, ...withStatistics(outputs) }, attributes);
    return { packed: packed!, ...(bias ? { bias } : {}) };
  },
});
const packedGradOp = operation({
  name: 'FoveaPackedAttentionGrad',
  plain: ({ dy, packed, mask, bias, output }, attributes) =>
    tf.tidy(() => {
      const moved = (x: Tensor): Tensor => tf.transpose(x, HEADS_INSIDE);
      const all = { ...unpackHeads(packed as Tensor5D), mask: mask!, bias: bias!, dy: moved(dy!), output: moved(output!) };
      const { query, key, value, bias: biasGradient } = attentionGradientPlain(all, attributes as Scores);
      const together = tf.stack([query!, key!, value!].map(moved), 2);
      return biasGradient ? [together, biasGradient] : [together];
    }),
});

const HEADS_INSIDE = [0, 2, 1, 3]; // b n head d <-> b head n d

/** Queries, keys and values that lie side by side, 'b n 3 head d', as 'b head n d' each. */
export function unpackHeads(packed: Tensor5D): { query: Tensor4D; key: Tensor4D; value: Tensor4D } {
  const [query, key, value] = tf.unstack(tf.transpose(packed, [2, 0, 3, 1, 4])) as [Tensor4D, Tensor4D, Tensor4D];
  return { query, key, value };
}

/** What a kernel of ours returns beside the output goes to its gradient; other backends have nothing to hand on. */
const withStatistics = ([output, largest, logSum]: readonly Tensor[]): Inputs => ({
  output: output!,
  ...(largest && logSum ? { largest, logSum } : {}),
});

/**
 * Queries 'b head n d', keys 'b head m d', values 'b head m e' -> 'b head n e', with gradients to all and to the bias.
 * Throws if the shapes do not fit, or if `mask` is not bool.
 */
export function scaledDotProductAttention({
  query,
  key,
  value,
  ...scores
}: { query: Tensor4D; key: Tensor4D; value: Tensor4D } & AttentionScores): Tensor4D {
  const who = 'scaledDotProductAttention';
  const size = { ...sizesOf(query, key), ...sizes(value, 'b head m e', sameKeys(key)) };
  return tf.tidy(() => attentionOp({ query, key, value, ...pairs(who, scores, size) }, attributesOf(who, scores, size))[0]! as Tensor4D);
}

/**
 * The same from one projection: queries, keys and values side by side, 'b n 3 head d' -> 'b n head d', as a linear layer leaves and
 * takes them. The kernel reads and writes them where they lie; apart they would be copied four times a step.
 */
export function packedAttention(packed: Tensor5D, scores: AttentionScores = {}): Tensor4D {
  const { b, n, head, d } = sizes(packed, 'b n three head d', { three: 3 });
  const [who, size] = ['packedAttention', { b, head, n, m: n, d }] as const;
  return tf.tidy(() => packedOp({ packed, ...pairs(who, scores, size) }, attributesOf(who, scores, size))[0]! as Tensor4D);
}

/**
 * The weights a_ij that attention uses, formed again for the queries in `rows` (numbers below n; all of them if left out), because
 * nothing keeps them: 'b head n d' and 'b head m d' -> 'b head row m', each row a distribution or, where no key is seen, zeros.
 */
export function attentionRows({
  query,
  key,
  rows,
  ...scores
}: { query: Tensor4D; key: Tensor4D; rows?: readonly number[] } & AttentionScores): Tensor4D {
  const size = sizesOf(query, key);
  const wrong = rows?.find((row) => !Number.isInteger(row) || row < 0 || row >= size.n);
  if (wrong !== undefined || rows?.length === 0) {
    throw new Error(`attentionRows: expected rows from 0 to ${size.n - 1}, got ${wrong ?? 'none'}`);
  }
  return tf.tidy(() => {
    const { mask, bias } = pairs('attentionRows', scores, size);
    const chosen = (x: Tensor): Tensor => (rows && x.rank === 4 && x.shape[2]! > 1 ? takeRows(x, rows) : x);
    const numbers = tf.reshape(tf.tensor1d([...(rows ?? Array(size.n).keys())], 'int32'), [1, 1, -1, 1]);
    const inputs = { query: rows ? takeRows(query, rows) : query, key, mask: chosen(mask!), bias: chosen(bias!), row: numbers };
    return attentionWeights(inputs, attributesOf('attentionRows', scores, size) as Scores) as Tensor4D;
  });
}

const takeRows = (x: Tensor, rows: readonly number[]): Tensor =>
  tf.concat(
    rows.map((row) => tf.slice(x, [0, 0, row, 0], [-1, -1, 1, -1])),
    2,
  );

type PairSizes = { readonly b: number; readonly head: number; readonly n: number; readonly m: number; readonly d: number };

function sizesOf(query: Tensor4D, key: Tensor4D): PairSizes {
  const { b, head, n, d } = sizes(query, 'b head n d');
  const { m } = sizes(key, 'b head m d', { b, head, d });
  return { b, head, n, m, d };
}
const sameKeys = (key: Tensor4D): { b: number; head: number; m: number } => ({ b: key.shape[0], head: key.shape[1], m: key.shape[2] });

function attributesOf(who: string, { causal = false, scale }: AttentionScores, { d, m }: PairSizes): Attributes {
  if (m === 0) throw new Error(`${who}: expected at least one key, got none`);
  if (scale !== undefined && !Number.isFinite(scale)) throw new Error(`${who}: expected a finite scale, got ${scale}`);
  return { causal, scale: scale ?? 1 / Math.sqrt(d) };
}

/** Mask and bias with all four axes, of which only that of the keys must be whole; empty where there is none. */
function pairs(who: string, { mask, bias }: AttentionScores, { b, head, n, m }: PairSizes): Inputs {
  if (mask && mask.dtype !== 'bool') {
    throw new Error(`${who}: expected a mask of type bool, true where a query sees a key, got ${mask.dtype}; numbers to add are a bias`);
  }
  if (bias && bias.dtype !== 'float32') throw new Error(`${who}: expected a bias of type float32, got ${bias.dtype}; a mask is bool`);
  const whole = (name: string, x: Tensor): Tensor => {
    const shape = [...Array<number>(Math.max(0, 4 - x.rank)).fill(1), ...x.shape];
    const full = [b, head, n, m];
    const fits = (length: number, axis: number): boolean => length === 1 || length === full[axis] || (axis === 0 && b % length === 0);
    if (shape.length !== 4 || !shape.every(fits)) {
      throw new Error(`${who}: expected a ${name} that fits b=${b}, head=${head}, n=${n}, m=${m}, got shape [${x.shape}]`);
    }
    const all = tf.reshape(x, shape);
    return shape[3] === m ? all : tf.broadcastTo(all, [...shape.slice(0, 3), m]);
  };
  return {
    mask: mask ? whole('mask', mask) : tf.tensor1d([], 'bool'),
    bias: bias ? whole('bias', bias) : tf.tensor1d([], 'float32'),
  };
}
