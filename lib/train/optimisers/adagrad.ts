/**
 * Adagrad (Duchi, Hazan and Singer 2011), PyTorch's form.
 *
 *   s = s + g^2 (from `initial`)        p = p - rate / (1 + (t - 1) rateDecay) g / (sqrt(s) + epsilon)
 */
import * as tf from '@tensorflow/tfjs-core';
import { check, flag, fromZero } from '../check';
import { directed, type GradientOptions } from './gradient';
import { leafwise } from './leafwise';
import type { Optimiser } from './optimiser';

export type AdagradOptions = GradientOptions & { rateDecay?: number; initial?: number; epsilon?: number };

export function adagrad(options: AdagradOptions = {}): Optimiser {
  check<AdagradOptions>('adagrad', options, {
    rateDecay: fromZero,
    initial: fromZero,
    epsilon: fromZero,
    weightDecay: fromZero,
    maximise: flag,
  });
  const { rateDecay = 0, initial = 0, epsilon = 1e-10 } = options;
  return leafwise({
    init: (p) => ({ sum: tf.fill(p.shape, initial) }),
    at: ({ time, rate }) => {
      const now = rateDecay === 0 ? rate : tf.div(rate, tf.add(tf.mul(tf.sub(time, 1), rateDecay), 1));
      return (p, gradient, slots) => {
        const g = directed(p, gradient, options);
        const sum = tf.add(slots['sum']!, tf.square(g));
        return { p: tf.sub(p, tf.div(tf.mul(g, now), tf.add(tf.sqrt(sum), epsilon))), slots: { sum } };
      };
    },
  });
}
