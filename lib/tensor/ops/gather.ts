/**
 * Slices of a tensor by number, and sums of slices by number: each other's gradients. Stock tfjs reads the numbers into
 * JavaScript, which a compiled program cannot do.
 */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Operation, operation } from '../operation';

// x is 'outer n inner', the indices 'outer m', or 'm' where every outer one takes the same
const gatherOp: Operation = operation({
  name: 'FoveaGather',
  plain: ({ x, indices }) => [indices!.rank === 1 ? tf.gather(x!, indices as Tensor1D, 1) : gatherEach(x!, indices!)],
  gradient: ([dy], { inputs: { x, indices } }) => ({
    x: () => scatterOp({ x: dy!, indices: indices! }, { count: x!.shape[1]! })[0]!,
    indices: () => tf.zeros(indices!.shape),
  }),
});
const scatterOp: Operation = operation({
  name: 'FoveaScatterSum',
  plain: ({ x, indices }, { count }) => {
    const { rows, ids, segments, shape } = segmentsOf(x!, indices!, count as number);
    return [tf.reshape(tf.unsortedSegmentSum(rows, ids, segments), shape)];
  },
  gradient: ([dy], { inputs: { indices } }) => ({
    x: () => gatherOp({ x: dy!, indices: indices! })[0]!,
    indices: () => tf.zeros(indices!.shape),
  }),
});

/** Without stock batch axes, which read beyond the memory on wasm. A number out of range becomes -1, which tfjs refuses. */
function gatherEach(x: Tensor, indices: Tensor): Tensor {
  const [outer, n, inner] = x.shape as [number, number, number];
  const first = tf.reshape(tf.range(0, outer * n, Math.max(1, n), 'int32'), [outer, 1]);
  const within = tf.logicalAnd(tf.greaterEqual(indices, 0), tf.less(indices, n));
  const ids = tf.where(within, tf.add(first, indices), tf.fill(indices.shape, -1, 'int32'));
  const rows = tf.gather(tf.reshape(x, [outer * n, inner]), tf.reshape(ids, [-1]) as Tensor1D);
  return tf.reshape(rows, [outer, indices.shape[1]!, inner]);
}

/** 'outer m inner' as rows, with the number of the row of 'outer n inner' that each is added to. */
export function segmentsOf(
  x: Tensor,
  indices: Tensor,
  count: number,
): { rows: Tensor; ids: Tensor1D; segments: number; shape: [number, number, number] } {
  const [outer, m, inner] = x.shape as [number, number, number];
  const first = tf.reshape(tf.range(0, outer * count, Math.max(1, count), 'int32'), [outer, 1]);
  const ids = tf.reshape(tf.add(first, indices), [-1]) as Tensor1D;
  return { rows: tf.reshape(x, [outer * m, inner]), ids, segments: outer * count, shape: [outer, count, inner] };
}

/**
 * Slices of `x` along `axis`, in the order of `indices` (int32, any shape): the axis is replaced by their axes. The first
 * `batchDims` axes of both belong together, each with indices of its own. An index beyond the axis is an error.
 */
export function gather<R extends Rank = Rank>(x: Tensor, indices: Tensor, axis = 0, batchDims = 0): Tensor<R> {
  const along = axis < 0 ? axis + x.rank : axis;
  if (indices.dtype !== 'int32') throw new Error(`gather: expected int32 indices, got ${indices.dtype}`);
  if (!Number.isInteger(along) || along < 0 || along >= x.rank)
    throw new Error(`gather: expected an axis from ${-x.rank} to ${x.rank - 1} for shape [${x.shape}], got ${axis}`);
  const batch = x.shape.slice(0, batchDims);
  const fits = Number.isInteger(batchDims) && batchDims >= 0 && batchDims <= Math.min(along, indices.rank);
  if (!fits || batch.some((size, i) => size !== indices.shape[i]))
    throw new Error(
      `gather: expected batchDims up to axis ${along}, equal in both, got ${batchDims} for [${x.shape}] and [${indices.shape}]`,
    );
  const [outer, inner] = [x.shape.slice(0, along), x.shape.slice(along + 1)].map(tf.util.sizeFromShape) as [number, number];
  const each = indices.shape.slice(batchDims);
  const m = tf.util.sizeFromShape(each);
  const flat = tf.reshape(x, [outer, x.shape[along]!, inner]);
  const y = gatherOp({ x: flat, indices: batchDims === 0 ? tf.reshape(indices, [m]) : repeated(indices, batch, outer, m) })[0]!;
  return tf.reshape(y, [...x.shape.slice(0, along), ...each, ...x.shape.slice(along + 1)] as never) as Tensor<R>;
}

/** Indices of the batch for every outer slice: the axes between the batch and the gathered one take the same. */
function repeated(indices: Tensor, batch: readonly number[], outer: number, m: number): Tensor {
  const groups = tf.util.sizeFromShape([...batch]);
  const between = outer / Math.max(1, groups);
  return tf.reshape(tf.tile(tf.reshape(indices, [groups, 1, m]), [1, between, 1]), [outer, m]);
}

/**
 * Sums of the slices of `x` (along its first axis) that have the same number in `ids` (int32): [m ...] -> [count ...]. A
 * number from `count` on is an error, of a negative one the slice is left out.
 */
export function segmentSum<R extends Rank = Rank>(x: Tensor<R>, ids: Tensor1D, count: number): Tensor<R> {
  const [m = 0, ...rest] = x.shape;
  if (ids.dtype !== 'int32' || ids.rank !== 1 || ids.shape[0] !== m)
    throw new Error(`segmentSum: expected an int32 number for each of the ${m} slices, got ${ids.dtype} [${ids.shape}]`);
  if (!Number.isInteger(count) || count < 1) throw new Error(`segmentSum: expected a whole count from 1, got ${count}`);
  const y = scatterOp({ x: tf.reshape(x, [1, m, tf.util.sizeFromShape(rest)]), indices: ids }, { count })[0]!;
  return tf.reshape(y, [count, ...rest] as never) as Tensor<R>;
}
