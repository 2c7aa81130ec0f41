/** GELU (Hendrycks and Gimpel 2016, arXiv:1606.08415), exact or by a hyperbolic tangent. tfjs has none. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

export type GeluApproximation = 'none' | 'tanh';

const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

const inner = (x: Tensor): Tensor => tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), CUBIC)), ROOT);

const geluOp = operation({
  name: 'FoveaGelu',
  plain: ({ x }, { approximate }) => {
    const share = approximate === 'tanh' ? tf.tanh(inner(x!)) : tf.erf(tf.mul(x!, Math.SQRT1_2));
    return [tf.mul(tf.mul(x!, 0.5), tf.add(share, 1))];
  },
  gradient: ([dy], { inputs: { x } }, attributes) => ({ x: geluGradOp({ dy: dy!, x: x! }, attributes)[0]! }),
});
const geluGradOp = operation({
  name: 'FoveaGeluGrad',
  plain: ({ dy, x }, { approximate }) => {
    if (approximate !== 'tanh') {
      const below = tf.mul(tf.add(tf.erf(tf.mul(x!, Math.SQRT1_2)), 1), 0.5);
      const density = tf.mul(tf.exp(tf.mul(tf.square(x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [tf.mul(dy!, tf.add(below, tf.mul(x!, density)))];
    }
    const share = tf.tanh(inner(x!));
    const slope = tf.mul(tf.add(tf.mul(tf.square(x!), 3 * CUBIC), 1), ROOT);
    const bend = tf.mul(tf.mul(tf.sub(1, tf.square(share)), slope), x!);
    return [tf.mul(dy!, tf.mul(tf.add(tf.add(share, 1), bend), 0.5))];
  },
});

/** x times the normal distribution function of x: x (1 + erf(x / sqrt 2)) / 2; 'tanh': x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
export const gelu = <R extends Rank>(x: Tensor<R>, approximate: GeluApproximation = 'none'): Tensor<R> =>
  geluOp({ x }, { approximate })[0]! as Tensor<R>;
