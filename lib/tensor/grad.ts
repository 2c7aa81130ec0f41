/**
 * Loss and gradients of a pure function of parameters. tfjs disposes all that is made while it differentiates but the
 * loss; `aux` (metrics, maps, updated running statistics) is held over that and handed back.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Learned, learned } from './module';
import { flatten, hold, release, type Tree } from './tree';

export function lossAndGradients<P extends Tree, A extends Tree>(
  params: P,
  f: (params: P) => { loss: Scalar; aux: A },
): { loss: Scalar; aux: A; grads: Learned<P> } {
  const { leaves, paths, rebuild } = flatten(learned(params) as Tree);
  const held: A[] = [];
  const { value, grads } = tf.engine().gradients<Scalar>(() => {
    const { loss, aux } = f(params);
    held.push(hold(aux));
    return loss;
  }, leaves as Tensor[]);
  const missing = grads.findIndex((grad) => grad === undefined || grad === null);
  if (missing >= 0) {
    throw new Error(`lossAndGradients: expected a loss that depends on every parameter, got one without ${paths[missing]}`);
  }
  return { loss: value, aux: release(held[0]!), grads: rebuild(grads) as Learned<P> };
}
