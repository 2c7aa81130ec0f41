/** The hyperbolic tangent. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const tanhOp = operation({
  name: 'FoveaTanh',
  plain: ({ x }) => [tf.tanh(x!)],
  gradient: ([dy], { outputs: [y] }) => ({ x: tanhGradOp({ dy: dy!, y: y! })[0]! }),
});
const tanhGradOp = operation({ name: 'FoveaTanhGrad', plain: ({ dy, y }) => [tf.mul(dy!, tf.sub(1, tf.square(y!)))] });

/** (exp(x) - exp(-x)) / (exp(x) + exp(-x)), any shape. */
export const tanh = <R extends Rank>(x: Tensor<R>): Tensor<R> => tanhOp({ x })[0]! as Tensor<R>;
