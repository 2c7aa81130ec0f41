/**
 * A moving average of the weights (Polyak and Juditsky 1992; as in timm's ModelEma), beside those that are trained.
 *
 *   average = decay average + (1 - decay) weights        decay = min(decay, (1 + step) / (10 + step)) with `warmup`
 *
 * It begins at the first weights; running statistics are not averaged but taken as they are. It is a slot of the optimiser,
 * so that a step carries it and a checkpoint keeps it.
 */
import type { Scalar } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Learned, learned, withLearned } from '../tensor/module';
import { map, type Tree, zip } from '../tensor/tree';
import { check, flag, fraction } from './check';
import type { Optimiser, Slots } from './optimisers/optimiser';

export type MovingAverage = {
  readonly decay: number;
  /** Lets the average follow the first, bad weights more closely. */
  readonly warmup?: boolean;
};

/** The optimiser, with the average among its slots. */
export function averaging(optimiser: Optimiser, options: MovingAverage): Optimiser {
  check<MovingAverage>('average', options, { decay: fraction, warmup: flag }, ['decay']);
  const { decay, warmup = false } = options;
  return {
    init: <P extends Tree>(params: P): Slots<P> => ({
      ...optimiser.init(params),
      average: map(learned(params) as Learned<P> & Tree, (leaf) => tf.clone(leaf)),
    }),
    update: <P extends Tree>(params: Learned<P>, grads: Learned<P>, slots: Slots<P>, step: Scalar, rate: Scalar) => {
      const { average, ...own } = slots;
      const next = optimiser.update<P>(params, grads, own, step, rate);
      const time = tf.cast(step, 'float32');
      const kept = warmup ? tf.minimum(tf.div(tf.add(time, 1), tf.add(time, 10)), decay) : tf.scalar(decay);
      const moved = zip(average!, next.params as Learned<P> & Tree, (before, now) => tf.add(now, tf.mul(tf.sub(before, now), kept)));
      return { params: next.params, slots: { ...next.slots, average: moved } };
    },
  };
}

/** The parameters to evaluate: the average of the weights where there is one. */
export const averaged = <P extends Tree>(params: P, slots: Slots<P>): P =>
  slots['average'] ? withLearned(params, slots['average']) : params;
