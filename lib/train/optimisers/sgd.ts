/**
 * Stochastic gradient descent with momentum (Sutskever et al. 2013), PyTorch's form.
 *
 *   v = momentum v + (1 - dampening) g      (v = g at the first step)        p = p - rate v
 *
 * Nesterov: p = p - rate (g + momentum v).
 */
import * as tf from '@tensorflow/tfjs-core';
import { check, flag, fromZero } from '../check';
import { directed, type GradientOptions } from './gradient';
import { leafwise } from './leafwise';
import type { Optimiser } from './optimiser';

export type SgdOptions = GradientOptions & { momentum?: number; dampening?: number; nesterov?: boolean };

export function sgd(options: SgdOptions = {}): Optimiser {
  check<SgdOptions>('sgd', options, { momentum: fromZero, dampening: fromZero, nesterov: flag, weightDecay: fromZero, maximise: flag });
  const { momentum = 0, dampening = 0, nesterov = false } = options;
  if (nesterov && (momentum === 0 || dampening !== 0))
    throw new RangeError(`sgd: expected momentum above 0 and dampening 0 with nesterov, got momentum=${momentum}, dampening=${dampening}`);
  return leafwise({
    init: (p) => (momentum === 0 ? {} : { velocity: tf.zerosLike(p) }),
    at: ({ time, rate }) => {
      const share = dampening === 0 ? tf.scalar(1) : tf.where(tf.equal(time, 1), tf.scalar(1), tf.scalar(1 - dampening));
      return (p, gradient, slots) => {
        const g = directed(p, gradient, options);
        if (momentum === 0) return { p: tf.sub(p, tf.mul(g, rate)), slots };
        const velocity = tf.add(tf.mul(slots['velocity']!, momentum), dampening === 0 ? g : tf.mul(g, share));
        const move = nesterov ? tf.add(g, tf.mul(velocity, momentum)) : velocity;
        return { p: tf.sub(p, tf.mul(move, rate)), slots: { velocity } };
      };
    },
  });
}
