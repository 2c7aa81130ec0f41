/** Leaky relu (Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models"). */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const leakyReluOp = operation({
  name: 'FoveaLeakyRelu',
  plain: ({ x }, { slope }) => [tf.where(tf.greater(x!, 0), x!, tf.mul(x!, slope as number))],
  gradient: ([dy], { inputs: { x } }, attributes) => ({ x: leakyReluGradOp({ dy: dy!, x: x! }, attributes)[0]! }),
});
const leakyReluGradOp = operation({
  name: 'FoveaLeakyReluGrad',
  plain: ({ dy, x }, { slope }) => [tf.where(tf.greater(x!, 0), dy!, tf.mul(dy!, slope as number))],
});

/** x where it is positive, else slope x; any shape. */
export const leakyRelu = <R extends Rank>(x: Tensor<R>, slope = 0.01): Tensor<R> => leakyReluOp({ x }, { slope })[0]! as Tensor<R>;
