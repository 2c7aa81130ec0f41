/** SiLU, or swish (Elfwing et al. 2017, arXiv:1702.03118). The sigmoid is computed again for the gradient rather than kept. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const siluOp = operation({
  name: 'FoveaSilu',
  plain: ({ x }) => [tf.mul(x!, tf.sigmoid(x!))],
  gradient: ([dy], { inputs: { x } }) => ({ x: siluGradOp({ dy: dy!, x: x! })[0]! }),
});
const siluGradOp = operation({
  name: 'FoveaSiluGrad',
  plain: ({ dy, x }) => {
    const share = tf.sigmoid(x!);
    return [tf.mul(dy!, tf.mul(share, tf.add(tf.mul(x!, tf.sub(1, share)), 1)))];
  },
});

/** x / (1 + exp(-x)), any shape. */
export const silu = <R extends Rank>(x: Tensor<R>): Tensor<R> => siluOp({ x })[0]! as Tensor<R>;
