/** Attention and its gradients in double precision, pair by pair, for small sizes: what the fast forms are held against. */
import type * as tf from '@tensorflow/tfjs-core';

export type Problem = {
  readonly query: tf.Tensor4D;
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
  readonly mask?: tf.Tensor | undefined;
  readonly bias?: tf.Tensor | undefined;
  readonly causal?: boolean | undefined;
  readonly scale?: number | undefined;
};

/** Number (b, head, n, m) of a tensor whose axes may be 1. */
function reader(x: tf.Tensor | undefined): (b: number, h: number, i: number, j: number) => number {
  if (!x) return () => 0;
  const data = x.dataSync();
  const [B, H, N, M] = [...Array<number>(4 - x.rank).fill(1), ...x.shape] as [number, number, number, number];
  return (b, h, i, j) => data[(((b % B) * H + (h % H)) * N + (i % N)) * M + (j % M)]!;
}

export function oracle({ query, key, value, mask, bias, causal, scale }: Problem, dy: tf.Tensor4D) {
  const [B, H, N, D] = query.shape;
  const M = key.shape[2];
  const E = value.shape[3];
  const factor = scale ?? 1 / Math.sqrt(D);
  const [q, k, v, g, add, sees] = [query, key, value, dy, bias, mask].map(reader) as [Read, Read, Read, Read, Read, Read];
  const result = {
    output: new Float64Array(B * H * N * E),
    weights: new Float64Array(B * H * N * M),
    query: new Float64Array(query.size),
    key: new Float64Array(key.size),
    value: new Float64Array(value.size),
    bias: new Float64Array(bias?.size ?? 0),
  };
  const biasShape = bias ? [...Array<number>(4 - bias.rank).fill(1), ...bias.shape] : [1, 1, 1, 1];
  const [BB, BH, BN, BM] = biasShape as [number, number, number, number];
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      const pair = b * H + h;
      for (let i = 0; i < N; i++) {
        const scores = Array.from({ length: M }, (_, j) => {
          if ((mask && !sees(b, h, i, j)) || (causal && j > i)) return -Infinity;
          let dot = 0;
          for (let c = 0; c < D; c++) dot += q(b, h, i, c) * k(b, h, j, c);
          return factor * dot + add(b, h, i, j);
        });
        const most = Math.max(...scores);
        if (most === -Infinity) continue;
        const powers = scores.map((score) => Math.exp(score - most));
        const total = powers.reduce((sum, power) => sum + power, 0);
        const weights = powers.map((power) => power / total);
        const slopes = weights.map((weight, j) => {
          result.weights[(pair * N + i) * M + j] = weight;
          let slope = 0;
          for (let c = 0; c < E; c++) {
            result.output[(pair * N + i) * E + c]! += weight * v(b, h, j, c);
            result.value[(pair * M + j) * E + c]! += weight * g(b, h, i, c);
            slope += g(b, h, i, c) * v(b, h, j, c);
          }
          return slope;
        });
        const mean = slopes.reduce((sum, slope, j) => sum + slope * weights[j]!, 0);
        weights.forEach((weight, j) => {
          const slope = weight * (slopes[j]! - mean);
          if (bias) result.bias[(((b % BB) * BH + (h % BH)) * BN + (i % BN)) * BM + (j % BM)]! += slope;
          for (let c = 0; c < D; c++) {
            result.query[(pair * N + i) * D + c]! += factor * slope * k(b, h, j, c);
            result.key[(pair * M + j) * D + c]! += factor * slope * q(b, h, i, c);
          }
        });
      }
    }
  }
  return result;
}
type Read = (b: number, h: number, i: number, j: number) => number;

/** The largest difference, relative to the largest number expected or to 0.2: a gradient that cancels to nothing has rounding errors. */
export function worst(found: tf.Tensor, expected: Float64Array): number {
  const values = found.dataSync();
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0.2);
  return expected.reduce((most, value, i) => {
    const difference = Math.abs(values[i]! - value) / size;
    return difference > most || Number.isNaN(difference) ? difference : most;
  }, 0);
}
