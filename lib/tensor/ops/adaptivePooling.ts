/**
 * Pooling to a given number of bins, as PyTorch's: along an axis of n positions, bin i of m covers floor(i n / m) up to, not
 * including, ceil((i + 1) n / m), so bins may share a position. The gradient of the maximum goes to the first of equal values.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { type Operation, operation } from '../operation';
import { gather } from './gather';
import { type AxisMap, gridMap } from './gridMap';
import { oneHot } from './oneHot';
import { type Pair, type Two, two } from './padding';

const binsOf = (n: number, m: number): Two[] =>
  Array.from({ length: m }, (_, i) => [Math.floor((i * n) / m), Math.ceil(((i + 1) * n) / m)]);

/** The weights of the mean of each bin. */
export const binMeans = (n: number, m: number): AxisMap =>
  binsOf(n, m).map(([first, end]) => Array.from({ length: n }, (_, i) => (i >= first && i < end ? 1 / (end - first) : 0)));

/** The mean of each of `size` bins, 'b h w c' -> 'b i j c'. */
export function adaptiveAveragePool(x: Tensor4D, size: Pair): Tensor4D {
  const { h, w, rows, columns } = binned('adaptiveAveragePool', x, size);
  return gridMap(x, binMeans(h, rows), binMeans(w, columns));
}

/** The largest value of each of `size` bins, 'b h w c' -> 'b i j c'. */
export function adaptiveMaxPool(x: Tensor4D, size: Pair): Tensor4D {
  const { h, w, rows, columns } = binned('adaptiveMaxPool', x, size);
  // columns first: of equal values in a bin, the first row wins, and in it the first column
  return binMaxima(binMaxima(x, 2, binsOf(w, columns)), 1, binsOf(h, rows));
}

function binned(who: string, x: Tensor4D, size: Pair): { h: number; w: number; rows: number; columns: number } {
  const { h, w } = sizes(x, 'b h w c');
  const [rows, columns] = two(size);
  if ([rows, columns].every((count) => Number.isInteger(count) && count >= 1)) return { h, w, rows, columns };
  throw new Error(`${who}: expected one or two whole numbers of bins from 1, got ${JSON.stringify(size)}`);
}

const firstMaxOp: Operation = operation({
  name: 'FoveaFirstMax',
  plain: ({ x }, { axis }) => [tf.max(x!, axis as number)],
  gradient: ([dy], { inputs: { x } }, { axis }) => {
    const chosen = oneHot(tf.argMax(x!, axis as number), x!.shape[axis as number]!, axis as number);
    return { x: tf.mul(chosen, tf.expandDims(dy!, axis as number)) };
  },
});

/** The largest value of each bin along one axis; short bins name their last position again, which is never the first of equal ones. */
function binMaxima(x: Tensor4D, axis: 1 | 2, bins: readonly Two[]): Tensor4D {
  const longest = Math.max(...bins.map(([first, end]) => end - first));
  const positions = bins.flatMap(([first, end]) => Array.from({ length: longest }, (_, i) => Math.min(first + i, end - 1)));
  const members = gather(x, tf.tensor(positions, [bins.length, longest], 'int32'), axis) as Tensor;
  return firstMaxOp({ x: members }, { axis: axis + 1 })[0]! as Tensor4D;
}
