/**
 * LAMB (You et al. 2020, arXiv:1904.00962), timm's form: Adam's move, scaled for each tensor to the size of its weights.
 *
 *   g = g / max(1, norm(all g) / maxGradNorm)        m, v as in Adam (without gradient averaging: m = b1 m + g)
 *   u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) + weightDecay p        p = p - rate norm(p) / norm(u) u
 *
 * The ratio is 1 where a norm is 0, and, unless alwaysAdapt, without weight decay; trustClip keeps it at most 1.
 * decoupled decays weights by themselves, at `decayRate` if peakRate is given.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { aboveZero, check, flag, fraction, fromZero, orNull } from '../check';
import { cautious, decayRate, mixed, shrunk, unbiased } from './gradient';
import { leafwise } from './leafwise';
import type { Optimiser } from './optimiser';

export type LambOptions = {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
  /** null: gradients are not clipped. */
  maxGradNorm?: number | null;
  unbias?: boolean;
  averaging?: boolean;
  trustClip?: boolean;
  alwaysAdapt?: boolean;
  caution?: boolean;
  decoupled?: boolean;
  peakRate?: number;
};

export function lamb(options: LambOptions = {}): Optimiser {
  check<LambOptions>('lamb', options, {
    beta1: fraction,
    beta2: fraction,
    epsilon: fromZero,
    weightDecay: fromZero,
    maxGradNorm: orNull(aboveZero),
    unbias: flag,
    averaging: flag,
    trustClip: flag,
    alwaysAdapt: flag,
    caution: flag,
    decoupled: flag,
    peakRate: aboveZero,
  });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, weightDecay = 0.01, maxGradNorm = 1, unbias = true, averaging = true } = options;
  const { trustClip = false, alwaysAdapt = false, caution = false, decoupled = false, peakRate } = options;
  return leafwise({
    init: (p) => ({ mean: tf.zerosLike(p), square: tf.zerosLike(p) }),
    at: ({ time, rate, grads }) => {
      const clip = maxGradNorm === null ? undefined : tf.maximum(tf.div(norm(grads), maxGradNorm), 1);
      const ofMean = unbias ? unbiased(beta1, time) : tf.scalar(1);
      const ofSquare = unbias ? tf.sqrt(unbiased(beta2, time)) : tf.scalar(1);
      return (before, gradient, slots) => {
        const g = clip ? tf.div(gradient, clip) : gradient;
        const mean = averaging ? mixed(slots['mean']!, g, 1 - beta1) : tf.add(tf.mul(slots['mean']!, beta1), g);
        const square = mixed(slots['square']!, tf.square(g), 1 - beta2);
        const adam = tf.div(tf.div(mean, ofMean), tf.add(tf.div(tf.sqrt(square), ofSquare), epsilon));
        const careful = caution ? cautious(adam, g) : adam;
        const p = decoupled ? shrunk(before, decayRate(rate, peakRate), weightDecay) : before;
        const update = decoupled || weightDecay === 0 ? careful : tf.add(careful, tf.mul(p, weightDecay));
        const move = weightDecay !== 0 || alwaysAdapt ? tf.mul(update, trust(p, update, trustClip)) : update;
        return { p: tf.sub(p, tf.mul(move, rate)), slots: { mean, square } };
      };
    },
  });
}

const norm = (tensors: readonly Tensor[]): Tensor => tf.sqrt(tf.addN(tensors.map((x) => tf.sum(tf.square(x)))));

function trust(p: Tensor, update: Tensor, clip: boolean): Tensor {
  const [weights, move, one] = [norm([p]), norm([update]), tf.scalar(1)];
  const both = tf.logicalAnd(tf.greater(weights, 0), tf.greater(move, 0));
  const ratio = tf.where(both, tf.div(weights, tf.where(both, move, one)), one);
  return clip ? tf.minimum(ratio, 1) : ratio;
}
