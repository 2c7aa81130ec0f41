/**
 * NAdam (Dozat 2016), Adam with Nesterov's momentum, PyTorch's form.
 *
 *   mu(t) = b1 (1 - 0.96^(t momentumDecay) / 2)        c = mu(1) mu(2) ... mu(t)
 *   m = b1 m + (1 - b1) g      v = b2 v + (1 - b2) g^2      d = sqrt(v / (1 - b2^t)) + epsilon
 *   p = p - rate (1 - mu(t)) / (1 - c) g / d - rate mu(t + 1) / (1 - c mu(t + 1)) m / d
 */
import * as tf from '@tensorflow/tfjs-core';
import { check, flag, fraction, fromZero } from '../check';
import { directed, type GradientOptions, mixed, shrunk, unbiased } from './gradient';
import { leafwise } from './leafwise';
import type { Optimiser } from './optimiser';

export type NadamOptions = GradientOptions & {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  momentumDecay?: number;
  decoupled?: boolean;
};

export function nadam(options: NadamOptions = {}): Optimiser {
  check<NadamOptions>('nadam', options, {
    beta1: fraction,
    beta2: fraction,
    epsilon: fromZero,
    momentumDecay: fromZero,
    decoupled: flag,
    weightDecay: fromZero,
    maximise: flag,
  });
  const {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    momentumDecay = 4e-3,
    decoupled = false,
    weightDecay = 0,
    maximise = false,
  } = options;
  const momentumAt = (time: tf.Scalar): tf.Scalar =>
    tf.mul(tf.sub(1, tf.mul(tf.exp(tf.mul(time, momentumDecay * Math.log(0.96))), 0.5)), beta1);
  return leafwise({
    // product is a number for each leaf, as PyTorch keeps it: a product over the steps has no closed form
    init: (p) => ({ mean: tf.zerosLike(p), square: tf.zerosLike(p), product: tf.scalar(1) }),
    at: ({ time, rate }) => {
      const [now, next] = [momentumAt(time), momentumAt(tf.add(time, 1))];
      const unbias = tf.sqrt(unbiased(beta2, time));
      return (before, gradient, slots) => {
        const g = directed(before, gradient, { weightDecay: decoupled ? 0 : weightDecay, maximise });
        const p = decoupled ? shrunk(before, rate, weightDecay) : before;
        const mean = mixed(slots['mean']!, g, 1 - beta1);
        const square = mixed(slots['square']!, tf.square(g), 1 - beta2);
        const product = tf.mul(slots['product']!, now);
        const size = tf.add(tf.div(tf.sqrt(square), unbias), epsilon);
        const ofGradient = tf.div(tf.mul(rate, tf.sub(1, now)), tf.sub(1, product));
        const ofMean = tf.div(tf.mul(rate, next), tf.sub(1, tf.mul(product, next)));
        const move = tf.div(tf.add(tf.mul(g, ofGradient), tf.mul(mean, ofMean)), size);
        return { p: tf.sub(p, move), slots: { mean, square, product } };
      };
    },
  });
}
