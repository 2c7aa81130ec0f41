/** The logarithm of a sum of exponentials. Stock tfjs gives NaN where all values are -Infinity. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { axesOf, without } from './reductions';

/** From an infinity differences are NaN; from 0 they are what they should be. */
const finite = (largest: Tensor): Tensor => tf.where(tf.isInf(largest), tf.zerosLike(largest), largest);

const logSumExpOp = operation({
  name: 'FoveaLogSumExp',
  plain: ({ x }, { axes }) => {
    const from = finite(tf.max(x!, axes as number[], true));
    const sum = tf.sum(tf.exp(tf.sub(x!, from)), axes as number[], true);
    return [tf.add(tf.log(sum), from), from, sum];
  },
  // not exp(x - y), which loses the digits that a large y has before its point
  gradient: ([dy], { inputs: { x }, outputs: [, from, sum] }) => ({
    x: tf.mul(tf.exp(tf.sub(x!, from!)), tf.divNoNan(dy!, sum!)),
  }),
});

/**
 * log sum exp(x) over `axes` (all where none are given), a smooth maximum; taken from the largest value, so that no x is too
 * large. Of nothing but -Infinity it is -Infinity, with a gradient of 0. `keep` leaves the axes with length 1.
 */
export function logSumExp<R extends Rank>(x: Tensor, axes?: number | readonly number[], keep = false): Tensor<R> {
  const reduced = axesOf('logSumExp', x, axes);
  const y = logSumExpOp({ x }, { axes: reduced })[0]!;
  const shaped: Tensor = keep ? y : tf.reshape(y, without(x.shape, reduced));
  return shaped as Tensor<R>;
}
