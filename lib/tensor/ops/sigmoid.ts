/** The logistic function. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const sigmoidOp = operation({
  name: 'FoveaSigmoid',
  plain: ({ x }) => [tf.sigmoid(x!)],
  gradient: ([dy], { outputs: [y] }) => ({ x: sigmoidGradOp({ dy: dy!, y: y! })[0]! }),
});
const sigmoidGradOp = operation({
  name: 'FoveaSigmoidGrad',
  plain: ({ dy, y }) => [tf.mul(dy!, tf.mul(y!, tf.sub(1, y!)))],
});

/** 1 / (1 + exp(-x)), any shape. */
export const sigmoid = <R extends Rank>(x: Tensor<R>): Tensor<R> => sigmoidOp({ x })[0]! as Tensor<R>;
