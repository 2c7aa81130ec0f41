/**
 * Attention and its gradients in stock tfjs, a piece at a time: for some heads and queries the scores with all keys
 * are formed, used and dropped. A query's row of scores is whole in its piece, so no piece needs to know of another; the gradient
 * forms the rows again instead of keeping them. Small scores are one piece, which is then the plain formula.
 *
 *   P = softmax(scale q k^T + bias)   o = P v   dv = P^T do   dS = P * (do v^T - rowsum(do * o))   dq = scale dS k   dk = scale dS^T q
 *
 * Pieces depend on heads, queries and keys alone, so that a recording has the same operations for any number of images. Memory
 * beyond inputs and results: one piece of scores, some 1 MB for each image, which is a part of a core's own cache.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Inputs } from '../operation';

export type Scores = { readonly scale: number; readonly causal: boolean };

/** Scores at or below this count as hidden; above the smallest float, so that differences stay finite. */
const HIDDEN = -1e38;
const BUDGET = 2 ** 18; // scores of an image in a piece

/** Softmax over the keys, 'b head n m'; rows that see no key are zero. `row` has the numbers of the queries where they are a part. */
export function attentionWeights({ query, key, mask, bias, row }: Inputs, { scale, causal }: Scores): Tensor {
  const scores = tf.matMul(tf.mul(query!, scale), key!, false, true);
  const seen: Tensor[] = [];
  if (mask && mask.size > 0) seen.push(mask);
  if (causal) seen.push(tf.greaterEqual(row ?? rowNumbers(query!), tf.range(0, key!.shape[2]!, 1, 'int32')));
  const biased = bias && bias.size > 0 ? tf.add(scores, bias) : scores;
  if (seen.length === 0 && biased === scores) return tf.softmax(scores);
  const finite = tf.logicalNot(tf.lessEqual(biased, HIDDEN)); // a NaN is no hidden key: it must come out
  const kept = seen.reduce((all, one) => tf.logicalAnd(all, one), finite);
  return tf.mul(tf.softmax(tf.where(kept, biased, tf.fill(biased.shape, HIDDEN))), tf.cast(kept, 'float32'));
}

export const attentionPlain = (inputs: Inputs, scores: Scores): Tensor =>
  inPieces(inputs, scores, (piece) => ({ output: tf.matMul(attentionWeights(piece, scores), piece['value']!) }))['output']!;

/** Gradients by input; `inputs` also has `dy` and `output`. */
export function attentionGradientPlain(inputs: Inputs, scores: Scores): Inputs {
  const biased = inputs['bias'] !== undefined && inputs['bias'].size > 0;
  return inPieces(inputs, scores, (piece) => {
    const { query, key, value, bias, dy, output } = piece as { [name: string]: Tensor };
    const weights = attentionWeights(piece, scores);
    const along = tf.sum(tf.mul(dy!, output!), -1, true);
    const slope = tf.mul(weights, tf.sub(tf.matMul(dy!, value!, false, true), along));
    const scaled = tf.mul(slope, scores.scale);
    return {
      query: tf.matMul(scaled, key!),
      key: tf.matMul(scaled, query!, true, false),
      value: tf.matMul(weights, dy!, true, false),
      ...(biased ? { bias: sumTo(slope, bias!.shape) } : {}),
    };
  });
}

const rowNumbers = (query: Tensor): Tensor => tf.reshape(tf.range(0, query.shape[2]!, 1, 'int32'), [1, 1, -1, 1]);

function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  const axes = shape.flatMap((length, axis) => (length === 1 && x.shape[axis]! > 1 ? [axis] : []));
  return axes.length > 0 ? tf.sum(x, axes, true) : x;
}

/** Runs `body` on pieces and puts together what it returns, by the name of the input that it is like (`output` is like the query). */
function inPieces(inputs: Inputs, { causal }: Scores, body: (piece: Inputs) => Inputs): Inputs {
  const [images, , queries] = inputs['query']!.shape as [number, number, number];
  const keys = inputs['key']!.shape[2]!;
  const rows = Math.min(queries, Math.max(16, Math.floor(BUDGET / keys))); // below 16 products are slow
  const together = rows < queries ? 1 : Math.max(1, Math.floor(BUDGET / (queries * keys)));
  const all = (): Inputs => ({
    ...mapNames(inputs, (_, x) => repeated(x, images)),
    ...(causal ? { row: rowNumbers(inputs['query']!) } : {}),
  });

  const walk = (part: Inputs, axis: number): Inputs => {
    if (axis === 3) return body(part);
    const step = axis === 1 ? together : rows;
    const length = part['query']!.shape[axis]!;
    if (step >= length) return walk(part, axis + 1);
    const results: Inputs[] = [];
    for (let begin = 0; begin < length; begin += step) {
      const size = Math.min(step, length - begin);
      const cut = (name: string, x: Tensor): Tensor => (isCut(name, x, axis) ? sliceAxis(x, axis, begin, size) : x);
      results.push(tf.tidy(() => walk(mapNames(part, cut), axis + 1) as { [name: string]: Tensor }));
      sumInto(results, (name) => !isCut(name, part[name] ?? part['query']!, axis));
    }
    return mapNames(results.at(-1)!, (name, last) =>
      isCut(name, part[name] ?? part['query']!, axis)
        ? tf.concat(
            results.map((result) => result[name]!),
            axis,
          )
        : last,
    );
  };
  return tf.tidy(() => mapNames(walk(all(), 1), (name, x) => folded(x, inputs[name])) as { [name: string]: Tensor });
}

/** A mask or bias of fewer images, for all of them; and the sum of what belongs together, back again. */
function repeated(x: Tensor, images: number): Tensor {
  const [period = 1, ...rest] = x.shape;
  if (x.rank !== 4 || period === 1 || period === images) return x;
  return tf.reshape(tf.broadcastTo(tf.expandDims(x, 0), [images / period, period, ...rest]), [images, ...rest]);
}
function folded(x: Tensor, like: Tensor | undefined): Tensor {
  const [period, ...rest] = like?.shape ?? x.shape;
  return x.shape[0] === period ? x : tf.sum(tf.reshape(x, [-1, period!, ...rest]), 0);
}

/** All have images and heads, unless broadcast; only keys and values have no queries. */
const isCut = (name: string, x: Tensor, axis: number): boolean =>
  x.rank === 4 && x.shape[axis]! > 1 && (axis < 2 || (name !== 'key' && name !== 'value'));

/** What is summed is summed at once: kept apart, the pieces would need the memory that they save. */
function sumInto(results: Inputs[], summed: (name: string) => boolean): void {
  const [before, last] = results.slice(-2);
  if (!before || !last) return;
  results[results.length - 1] = mapNames(last, (name, x) => {
    if (!summed(name)) return x;
    const total = tf.add(before[name]!, x);
    tf.dispose([before[name]!, x]);
    return total;
  });
}

const mapNames = (inputs: Inputs, change: (name: string, x: Tensor) => Tensor): Inputs =>
  Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, change(name, x)]));

function sliceAxis(x: Tensor, axis: number, begin: number, size: number): Tensor {
  const from = x.shape.map((_, at) => (at === axis ? begin : 0));
  return tf.slice(
    x,
    from,
    x.shape.map((length, at) => (at === axis ? size : length)),
  );
}
