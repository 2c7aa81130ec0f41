/** What several optimisers do alike with a gradient before or after their own rule. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export type GradientOptions = {
  /** L2 by the gradient, as in PyTorch: g + weightDecay p. */
  weightDecay?: number;
  /** Climb instead of descend. */
  maximise?: boolean;
};

/** The sign is turned first and decays after, so that weights shrink also where the loss is maximised. */
export function directed(p: Tensor, g: Tensor, { weightDecay = 0, maximise = false }: GradientOptions): Tensor {
  const down = maximise ? tf.neg(g) : g;
  return weightDecay === 0 ? down : tf.add(down, tf.mul(p, weightDecay));
}

/** Decoupled decay (Loshchilov and Hutter 2019, arXiv:1711.05101): p (1 - rate weightDecay), whatever the gradient. */
export const shrunk = (p: Tensor, rate: Scalar, weightDecay: number): Tensor =>
  weightDecay === 0 ? p : tf.mul(p, tf.sub(1, tf.mul(rate, weightDecay)));

/** Steady decay (Defazio 2025, arXiv:2506.02285): the rate that decays weights is rate^2 / peakRate. */
export const decayRate = (rate: Scalar, peakRate: number | undefined): Scalar =>
  peakRate === undefined ? rate : tf.div(tf.square(rate), peakRate);

/** Caution (Liang et al. 2024, arXiv:2411.16085): only what agrees with the gradient in sign moves, and moves more. */
export function cautious(update: Tensor, g: Tensor): Tensor {
  const agrees = tf.cast(tf.greater(tf.mul(update, g), 0), 'float32');
  return tf.mul(update, tf.div(agrees, tf.maximum(tf.mean(agrees), 1e-3)));
}

/** 1 - beta^t without the cancellation that costs float32 four of its seven digits at beta = 0.999. */
export const unbiased = (beta: number, time: Scalar): Scalar => tf.neg(tf.expm1(tf.mul(time, Math.log(beta))));

/** from + (to - from) share, a moving average. */
export const mixed = (from: Tensor, to: Tensor, share: number): Tensor => tf.add(tf.mul(from, 1 - share), tf.mul(to, share));
