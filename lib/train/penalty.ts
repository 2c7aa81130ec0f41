/**
 * L1 and L2 as the gradient of a penalty on the weights, l1 sum |w| + l2 sum w^2; biases, scales and shifts (one axis)
 * are left free. The penalty is in the gradient alone: the loss that is reported stays comparable between settings.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Learned, learned } from '../tensor/module';
import { type Tree, zip } from '../tensor/tree';

export type Penalty = { readonly l1: number; readonly l2: number };

export function penalise<P extends Tree>(params: P, grads: Learned<P>, { l1, l2 }: Penalty): Learned<P> {
  if (l1 === 0 && l2 === 0) return grads;
  return zip(grads as Learned<P> & Tree, learned(params) as Learned<P> & Tree, (grad, weight) => {
    if (weight.rank < 2) return grad;
    const slope = tf.addN([grad, ...(l1 === 0 ? [] : [tf.mul(tf.sign(weight), l1)]), ...(l2 === 0 ? [] : [tf.mul(weight, 2 * l2)])]);
    return slope;
  });
}
