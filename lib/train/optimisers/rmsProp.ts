/**
 * RMSprop (Tieleman and Hinton 2012, lecture 6.5), PyTorch's form.
 *
 *   v = decay v + (1 - decay) g^2        p = p - rate g / (sqrt(v) + epsilon)
 *
 * centred (Graves 2013, arXiv:1308.0850): sqrt(v - m^2), m the moving average of g. With momentum:
 * b = momentum b + g / (sqrt(v) + epsilon), p = p - rate b.
 */
import * as tf from '@tensorflow/tfjs-core';
import { check, flag, fraction, fromZero } from '../check';
import { directed, type GradientOptions, mixed } from './gradient';
import { leafwise } from './leafwise';
import type { Optimiser } from './optimiser';

export type RmsPropOptions = GradientOptions & { decay?: number; epsilon?: number; momentum?: number; centred?: boolean };

export function rmsProp(options: RmsPropOptions = {}): Optimiser {
  check<RmsPropOptions>('rmsProp', options, {
    decay: fraction,
    epsilon: fromZero,
    momentum: fromZero,
    centred: flag,
    weightDecay: fromZero,
    maximise: flag,
  });
  const { decay = 0.99, epsilon = 1e-8, momentum = 0, centred = false } = options;
  return leafwise({
    init: (p) => ({
      square: tf.zerosLike(p),
      ...(centred && { mean: tf.zerosLike(p) }),
      ...(momentum > 0 && { velocity: tf.zerosLike(p) }),
    }),
    at:
      ({ rate }) =>
      (p, gradient, slots) => {
        const g = directed(p, gradient, options);
        const square = tf.add(tf.mul(slots['square']!, decay), tf.mul(tf.square(g), 1 - decay));
        const mean = centred ? { mean: mixed(slots['mean']!, g, 1 - decay) } : {};
        // a variance of 0 may come out below it by rounding, where PyTorch gives NaN
        const spread = mean.mean ? tf.maximum(tf.sub(square, tf.square(mean.mean)), 0) : square;
        const size = tf.add(tf.sqrt(spread), epsilon);
        if (momentum === 0) return { p: tf.sub(p, tf.div(tf.mul(g, rate), size)), slots: { square, ...mean } };
        const velocity = tf.add(tf.mul(slots['velocity']!, momentum), tf.div(g, size));
        return { p: tf.sub(p, tf.mul(velocity, rate)), slots: { square, ...mean, velocity } };
      },
  });
}
