/** Relu. Stock tfjs builds an activation-sized array in JavaScript for its gradient. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const reluOp = operation({
  name: 'FoveaRelu',
  plain: ({ x }) => [tf.relu(x!)],
  gradient: ([dy], { outputs: [y] }) => ({ x: reluGradOp({ dy: dy!, y: y! })[0]! }),
});
const reluGradOp = operation({ name: 'FoveaReluGrad', plain: ({ dy, y }) => [tf.mul(dy!, tf.cast(tf.greater(y!, 0), 'float32'))] });

/** max(x, 0), any shape. */
export const relu = <R extends Rank>(x: Tensor<R>): Tensor<R> => reluOp({ x })[0]! as Tensor<R>;
