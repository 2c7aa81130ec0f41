/** Softplus (Dugas et al. 2001), a smooth relu. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const softplusOp = operation({
  name: 'FoveaSoftplus',
  plain: ({ x }) => [tf.softplus(x!)],
  gradient: ([dy], { inputs: { x } }) => ({ x: softplusGradOp({ dy: dy!, x: x! })[0]! }),
});
const softplusGradOp = operation({ name: 'FoveaSoftplusGrad', plain: ({ dy, x }) => [tf.mul(dy!, tf.sigmoid(x!))] });

// a choice made outside of an operation would need a gradient of the comparison, which tfjs has not
const linearAboveOp = operation({
  name: 'FoveaLinearAbove',
  plain: ({ x, bent }, { limit }) => [tf.where(tf.greater(x!, limit as number), x!, bent!)],
  gradient: ([dy], { inputs: { x } }, { limit }) => {
    const above = tf.cast(tf.greater(x!, limit as number), 'float32');
    return { x: tf.mul(dy!, above), bent: tf.mul(dy!, tf.sub(1, above)) };
  },
});

export type SoftplusOptions = {
  /** How sharp the bend is. */
  beta?: number;
  /** Where beta x is above it, the result is x itself; from 20 on that changes no bit. */
  threshold?: number;
};

/** log(1 + exp(beta x)) / beta, any shape. */
export function softplus<R extends Rank>(x: Tensor<R>, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor<R> {
  const plain = (values: Tensor<R>): Tensor<R> => softplusOp({ x: values })[0]! as Tensor<R>;
  const bent = beta === 1 ? plain(x) : (tf.mul(plain(tf.mul(x, beta)), 1 / beta) as Tensor<R>);
  return threshold >= 20 ? bent : (linearAboveOp({ x, bent }, { limit: threshold / beta })[0]! as Tensor<R>);
}
