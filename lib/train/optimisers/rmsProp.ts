/**
 * RMSprop (Tieleman and Hinton 2012, lecture 6.5), PyTorch's form.
 *
 *   v = decay v + (1 - decay) g^2        p = p - rate g / (sqrt(v) + epsilon)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Learned } from '../../tensor/module';
import { type Tree, zip } from '../../tensor/tree';
import { type Optimiser, zerosLike } from './optimiser';

export type RmsPropOptions = { decay?: number; epsilon?: number };

export function rmsProp({ decay = 0.99, epsilon = 1e-8 }: RmsPropOptions = {}): Optimiser {
  return {
    init: (params) => ({ square: zerosLike(params) }),
    update: <P extends Tree>(
      params: Learned<P>,
      grads: Learned<P>,
      slots: Record<string, Learned<P> & Tree>,
      _step: tf.Scalar,
      rate: tf.Scalar,
    ) => {
      const g = grads as Learned<P> & Tree;
      const square = zip(slots['square']!, g, (v, g) => tf.add(tf.mul(v, decay), tf.mul(tf.square(g), 1 - decay)));
      const move = zip(g, square, (g, v) => tf.div(tf.mul(g, rate), tf.add(tf.sqrt(v), epsilon)));
      const next = zip(params as Learned<P> & Tree, move, (p, change) => tf.sub(p, change));
      return { params: next, slots: { square } };
    },
  };
}
