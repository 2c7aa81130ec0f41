/** One training step as a pure function: state, batch and scalars in, state and loss out. */
import type { Scalar } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model';
import { lossAndGradients } from '../tensor/grad';
import { learned, training, updating, withLearned } from '../tensor/module';
import { accuracy, crossEntropy, sumOver } from '../tensor/ops';
import { dispose, leaves, type Tree, tidy } from '../tensor/tree';
import type { Batch } from './batch';
import type { Optimiser, Slots } from './optimisers/optimiser';
import { type Penalty, penalise } from './penalty';

/** `rate` float32, `seed` int32. */
export type Scalars = { rate: Scalar; seed: Scalar };
/** `step` int32, the number of steps done. */
export type State<P extends Tree> = { params: P; slots: Slots<P>; step: Scalar };
export type Step<P extends Tree> = (state: State<P>, batch: Batch, scalars: Scalars) => { state: State<P>; loss: Scalar; accuracy: Scalar };

export const initState = <P extends Tree>(params: P, optimiser: Optimiser): State<P> => ({
  params,
  slots: optimiser.init(params),
  step: tf.scalar(0, 'int32'),
});

/** Mean cross-entropy of the rows that count. */
export const meanLoss = (losses: tf.Tensor1D, weights: tf.Tensor1D): Scalar =>
  tf.div(sumOver<tf.Rank.R0>(tf.mul(losses, weights)), tf.sum(weights));

export function trainingStep<P extends Tree>(model: Model<P>, optimiser: Optimiser, penalty: Penalty = { l1: 0, l2: 0 }): Step<P> {
  return ({ params, slots, step: before }, { images, labels, weights }, { rate, seed }) =>
    tidy(() => {
      const step: Scalar = tf.add(before, tf.scalar(1, 'int32'));
      const { loss, aux, grads } = lossAndGradients(params, (params) => {
        const pass = updating(params, training({ seed, step }), (mode) => model.forward(params, images, mode).logits);
        const loss = meanLoss(crossEntropy(pass.result, labels), weights);
        return { loss, aux: { params: pass.params, accuracy: accuracy(pass.result, labels, weights) } };
      });
      const next = optimiser.update<P>(learned(params), penalise(params, grads, penalty), slots, step, rate);
      return { state: { params: withLearned(aux.params, next.params), slots: next.slots, step }, loss, accuracy: aux.accuracy };
    });
}

/** Disposes what of the old state is not in the new one. */
export function replace(old: Tree, next: Tree): void {
  const kept = new Set(leaves(next));
  dispose(leaves(old).filter((leaf) => !kept.has(leaf)));
}
