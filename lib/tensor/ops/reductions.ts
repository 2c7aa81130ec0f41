/** Sum, mean and largest value over axes. For their gradients stock tfjs multiplies by arrays of ones made in JavaScript. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { broadcast } from './broadcast';

// the axes stay, with length 1, within the operations: gradients broadcast without more ado
const sumOp = operation({
  name: 'FoveaSum',
  plain: ({ x }, { axes }) => [tf.sum(x!, axes as number[], true)],
  gradient: ([dy], { inputs: { x } }) => ({ x: broadcast(dy!, x!.shape) }),
});
const meanOp = operation({
  name: 'FoveaMean',
  plain: ({ x }, { axes }) => [tf.mean(x!, axes as number[], true)],
  gradient: ([dy], { inputs: { x } }) => ({ x: broadcast(tf.mul(dy!, dy!.size / x!.size), x!.shape) }),
});
const maxOp = operation({
  name: 'FoveaMax',
  plain: ({ x }, { axes }) => [tf.max(x!, axes as number[], true)],
  gradient: ([dy], { inputs: { x }, outputs: [y] }, attributes) => ({
    x: maxGradOp({ dy: dy!, x: x!, y: y! }, attributes)[0]!,
  }),
});
const maxGradOp = operation({
  name: 'FoveaMaxGrad',
  plain: ({ dy, x, y }, { axes }) => {
    const largest = tf.cast(tf.equal(x!, y!), 'float32');
    return [tf.mul(largest, tf.div(dy!, tf.sum(largest, axes as number[], true)))];
  },
});

/** The sum over `axes`, negative ones counted from the last; all where none are given. `keep` leaves them with length 1. */
export const sumOver = <R extends Rank>(x: Tensor, axes?: number | readonly number[], keep = false): Tensor<R> =>
  over('sumOver', sumOp, x, axes, keep);

/** The mean over `axes`, as `sumOver`. */
export const meanOver = <R extends Rank>(x: Tensor, axes?: number | readonly number[], keep = false): Tensor<R> =>
  over('meanOver', meanOp, x, axes, keep);

/** The largest value over `axes`, as `sumOver`. The gradient is shared evenly by equal largest values (as PyTorch's amax). */
export const maxOver = <R extends Rank>(x: Tensor, axes?: number | readonly number[], keep = false): Tensor<R> =>
  over('maxOver', maxOp, x, axes, keep);

function over<R extends Rank>(
  who: string,
  reduce: ReturnType<typeof operation>,
  x: Tensor,
  axes: number | readonly number[] | undefined,
  keep: boolean,
): Tensor<R> {
  const reduced = axesOf(who, x, axes);
  const y = reduce({ x }, { axes: reduced })[0]!;
  const shaped: Tensor = keep ? y : tf.reshape(y, without(x.shape, reduced));
  return shaped as Tensor<R>;
}

/** Axes counted from the first, in order; all of them where none are given. */
export function axesOf(who: string, x: Tensor, axes: number | readonly number[] | undefined): number[] {
  const given = axes === undefined ? [...x.shape.keys()] : [axes].flat();
  const all = given.map((axis) => (axis < 0 ? axis + x.rank : axis)).sort((a, b) => a - b);
  const wrong = all.some((axis, index) => !Number.isInteger(axis) || axis < 0 || axis >= x.rank || axis === all[index - 1]);
  if (wrong) throw new Error(`${who}: expected different axes from ${-x.rank} to ${x.rank - 1} for shape [${x.shape}], got [${given}]`);
  return all;
}

/** The shape that is left without these axes. */
export const without = (shape: readonly number[], axes: readonly number[]): number[] => shape.filter((_, axis) => !axes.includes(axis));
