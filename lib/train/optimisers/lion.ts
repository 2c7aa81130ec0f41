/**
 * Lion (Chen et al. 2023, arXiv:2302.06675), timm's form.
 *
 *   p = p (1 - rate weightDecay) - rate sign(b1 m + (1 - b1) g)        m = b2 m + (1 - b2) g
 *
 * cautious, peakRate: see `cautious` and `decayRate` in gradient.ts.
 */
import * as tf from '@tensorflow/tfjs-core';
import { aboveZero, check, flag, fraction, fromZero } from '../check';
import { cautious, decayRate, directed, type GradientOptions, mixed, shrunk } from './gradient';
import { leafwise } from './leafwise';
import type { Optimiser } from './optimiser';

export type LionOptions = GradientOptions & { beta1?: number; beta2?: number; caution?: boolean; peakRate?: number };

export function lion(options: LionOptions = {}): Optimiser {
  check<LionOptions>('lion', options, {
    beta1: fraction,
    beta2: fraction,
    caution: flag,
    peakRate: aboveZero,
    weightDecay: fromZero,
    maximise: flag,
  });
  const { beta1 = 0.9, beta2 = 0.99, caution = false, peakRate, weightDecay = 0, maximise = false } = options;
  return leafwise({
    init: (p) => ({ mean: tf.zerosLike(p) }),
    at: ({ rate }) => {
      const decay = decayRate(rate, peakRate);
      return (p, gradient, slots) => {
        const g = directed(p, gradient, { maximise });
        const sign = tf.sign(mixed(slots['mean']!, g, 1 - beta1));
        const move = caution ? cautious(sign, g) : sign;
        const next = tf.sub(shrunk(p, decay, weightDecay), tf.mul(move, rate));
        return { p: next, slots: { mean: mixed(slots['mean']!, g, 1 - beta2) } };
      };
    },
  });
}
