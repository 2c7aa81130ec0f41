/**
 * What is left of a tensor after dropout (Srivastava et al. 2014), given the noise that chooses. It is its own gradient: what
 * was dropped gets none, the rest is scaled as the value was.
 */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const droppedOp = operation({
  name: 'FoveaDropped',
  plain: ({ x, noise }, { rate }) => [
    tf.where(tf.greaterEqual(noise!, rate as number), tf.mul(x!, 1 / (1 - (rate as number))), tf.scalar(0)),
  ],
  gradient: ([dy], { inputs: { noise } }, attributes) => ({ x: droppedOp({ x: dy!, noise: noise! }, attributes)[0]! }),
});

/**
 * x / (1 - rate) where noise >= rate, else 0; `noise`, uniform in [0, 1), has the shape of x or 1 where values share their
 * fate. No gradient passes to the noise. Rate from 0 up to but not 1.
 */
export const dropped = <R extends Rank>(x: Tensor<R>, noise: Tensor, rate: number): Tensor<R> =>
  droppedOp({ x, noise }, { rate })[0]! as Tensor<R>;
