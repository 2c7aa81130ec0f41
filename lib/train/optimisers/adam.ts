/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980).
 *
 *   m = b1 m + (1 - b1) g      v = b2 v + (1 - b2) g^2      p = p - rate m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon)
 *
 * amsgrad (Reddi et al. 2018): the largest v so far in place of v. decoupled: the weight decay of AdamW.
 */
import * as tf from '@tensorflow/tfjs-core';
import { adamMove } from '../../tensor/ops/adamMove';
import { check, flag, fraction, fromZero } from '../check';
import { directed, type GradientOptions, shrunk, unbiased } from './gradient';
import { leafwise } from './leafwise';
import type { Optimiser } from './optimiser';

export type AdamOptions = GradientOptions & {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  amsgrad?: boolean;
  decoupled?: boolean;
};

export function adam(options: AdamOptions = {}): Optimiser {
  check<AdamOptions>('adam', options, {
    beta1: fraction,
    beta2: fraction,
    epsilon: fromZero,
    amsgrad: flag,
    decoupled: flag,
    weightDecay: fromZero,
    maximise: flag,
  });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false, decoupled = false, weightDecay = 0, maximise = false } = options;
  return leafwise({
    init: (p) => {
      const slots = { mean: tf.zerosLike(p), square: tf.zerosLike(p) };
      return amsgrad ? { ...slots, largest: tf.zerosLike(p) } : slots;
    },
    at: ({ time, rate }) => {
      const size: tf.Scalar = tf.div(rate, unbiased(beta1, time));
      const unbias: tf.Scalar = tf.sqrt(unbiased(beta2, time));
      return (before, gradient, slots) => {
        const g = directed(before, gradient, { weightDecay: decoupled ? 0 : weightDecay, maximise });
        const p = decoupled ? shrunk(before, rate, weightDecay) : before;
        const { mean: oldMean, square: oldSquare } = slots as { mean: tf.Tensor; square: tf.Tensor };
        if (!amsgrad) {
          const { p: next, ...moments } = adamMove(p, g, oldMean, oldSquare, { beta1, beta2, epsilon, size, unbias });
          return { p: next, slots: moments };
        }
        const mean = tf.add(tf.mul(oldMean, beta1), tf.mul(g, 1 - beta1));
        const square = tf.add(tf.mul(oldSquare, beta2), tf.mul(tf.square(g), 1 - beta2));
        const largest = tf.maximum(slots['largest']!, square);
        const move = tf.div(tf.mul(mean, size), tf.add(tf.div(tf.sqrt(largest), unbias), epsilon));
        return { p: tf.sub(p, move), slots: { mean, square, largest } };
      };
    },
  });
}
