/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980).
 *
 *   m = b1 m + (1 - b1) g      v = b2 v + (1 - b2) g^2      p = p - rate m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Learned } from '../../tensor/module';
import { type Tree, zip } from '../../tensor/tree';
import { type Optimiser, zerosLike } from './optimiser';

export type AdamOptions = { beta1?: number; beta2?: number; epsilon?: number };

export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimiser {
  return {
    init: (params) => ({ mean: zerosLike(params), square: zerosLike(params) }),
    update: <P extends Tree>(
      params: Learned<P>,
      grads: Learned<P>,
      slots: Record<string, Learned<P> & Tree>,
      step: tf.Scalar,
      rate: tf.Scalar,
    ) => {
      const time = tf.cast(step, 'float32');
      const g = grads as Learned<P> & Tree;
      const mean = zip(slots['mean']!, g, (m, g) => tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
      const square = zip(slots['square']!, g, (v, g) => tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
      const size = tf.div(rate, tf.sub(1, tf.pow(beta1, time)));
      const unbias = tf.sqrt(tf.sub(1, tf.pow(beta2, time)));
      const move = zip(mean, square, (m, v) => tf.div(tf.mul(m, size), tf.add(tf.div(tf.sqrt(v), unbias), epsilon)));
      const next = zip(params as Learned<P> & Tree, move, (p, change) => tf.sub(p, change));
      return { params: next, slots: { mean, square } };
    },
  };
}
