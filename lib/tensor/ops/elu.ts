/** ELU (Clevert et al. 2015, arXiv:1511.07289). Stock tfjs has it for alpha = 1 alone. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { relu } from './relu';

const eluOp = operation({
  name: 'FoveaElu',
  plain: ({ x }) => [tf.elu(x!)],
  gradient: ([dy], { outputs: [y] }) => ({ x: eluGradOp({ dy: dy!, y: y! })[0]! }),
});
const eluGradOp = operation({
  name: 'FoveaEluGrad',
  plain: ({ dy, y }) => [tf.where(tf.greater(y!, 0), dy!, tf.mul(dy!, tf.add(y!, 1)))],
});

/** x where it is positive, else alpha (exp(x) - 1); any shape. */
export function elu<R extends Rank>(x: Tensor<R>, alpha = 1): Tensor<R> {
  const one = eluOp({ x })[0]! as Tensor<R>;
  return alpha === 1 ? one : (tf.add(tf.mul(one, alpha), tf.mul(relu(x), 1 - alpha)) as Tensor<R>);
}
