/** Swish with the hard sigmoid (Howard et al. 2019, arXiv:1905.02244). */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { relu6Grad } from './relu6';

const hardSwishOp = operation({
  name: 'FoveaHardSwish',
  plain: ({ x }) => [tf.mul(tf.mul(x!, 1 / 6), tf.relu6(tf.add(x!, 3)))],
  gradient: ([dy], { inputs: { x } }) => ({ x: hardSwishGradOp({ dy: dy!, x: x! })[0]! }),
});
const hardSwishGradOp = operation({
  name: 'FoveaHardSwishGrad',
  plain: ({ dy, x }) => {
    const moved = tf.add(x!, 3);
    const sixth = tf.mul(dy!, 1 / 6);
    return [tf.add(tf.mul(sixth, tf.relu6(moved)), relu6Grad(tf.mul(sixth, x!), moved))];
  },
});

/** x min(max(x + 3, 0), 6) / 6, any shape. */
export const hardSwish = <R extends Rank>(x: Tensor<R>): Tensor<R> => hardSwishOp({ x })[0]! as Tensor<R>;
