/** Relu. Stock tfjs builds an activation-sized array in JavaScript for its gradient. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const reluOp = operation({
  name: 'FoveaRelu',
  plain: ({ x }) => [tf.relu(x!)],
  gradient: ([dy], { outputs: [y] }) => ({ x: reluGrad(dy!, y!) }),
});
const reluGradOp = operation({ name: 'FoveaReluGrad', plain: ({ dy, y }) => [tf.mul(dy!, tf.cast(tf.greater(y!, 0), 'float32'))] });
/** dy where y = relu(...) is positive. */
export const reluGrad = (dy: Tensor, y: Tensor): Tensor => reluGradOp({ dy, y })[0]!;

/** max(x, 0), any shape. */
export const relu = <R extends Rank>(x: Tensor<R>): Tensor<R> => reluOp({ x })[0]! as Tensor<R>;
