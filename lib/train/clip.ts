/**
 * Gradient clipping, PyTorch's clip_grad_norm_ and clip_grad_value_, before the optimiser sees the gradients.
 *
 *   norm    g min(1, maxNorm / (|all g| + 1e-6)), the norm over all gradients together (Pascanu et al. 2013, arXiv:1211.5063)
 *   value   each number between -maxValue and maxValue
 */
import type { Scalar } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Learned } from '../tensor/module';
import { leaves, map, type Tree } from '../tensor/tree';
import { aboveZero, type Bound, check, oneOf } from './check';
import type { Optimiser, Slots } from './optimisers/optimiser';

export type Clip =
  /** `order` of the norm, 2 unless given; 'inf' is the largest size of a number. */
  | { readonly kind: 'norm'; readonly maxNorm: number; readonly order?: number | 'inf' }
  | { readonly kind: 'value'; readonly maxValue: number };

/** (sum |x|^order)^(1/order) over all numbers of a tree. */
export function globalNorm(tree: Tree, order: number | 'inf' = 2): Scalar {
  const all = leaves(tree);
  if (all.length === 0) throw new Error('globalNorm: expected a tree with at least one tensor, got none');
  if (order === 'inf') return tf.max(tf.stack(all.map((leaf) => tf.max(tf.abs(leaf)))));
  const sums = all.map((leaf) => tf.sum(order === 2 ? tf.square(leaf) : tf.pow(tf.abs(leaf), order)) as Scalar);
  return order === 2 ? tf.sqrt(tf.addN(sums)) : tf.pow(tf.addN(sums), 1 / order);
}

/** The optimiser, given clipped gradients. */
export function clipping(optimiser: Optimiser, clip: Clip): Optimiser {
  checkClip(clip);
  const clipped = <P extends Tree>(grads: Learned<P>): Learned<P> => {
    const tree = grads as Learned<P> & Tree;
    if (clip.kind === 'value') return map(tree, (grad) => tf.clipByValue(grad, -clip.maxValue, clip.maxValue));
    const share = tf.minimum(tf.div(clip.maxNorm, tf.add(globalNorm(tree, clip.order), 1e-6)), 1);
    return map(tree, (grad) => tf.mul(grad, share));
  };
  return {
    init: optimiser.init,
    update: <P extends Tree>(params: Learned<P>, grads: Learned<P>, slots: Slots<P>, step: Scalar, rate: Scalar) =>
      optimiser.update<P>(params, clipped<P>(grads), slots, step, rate),
  };
}

const order: Bound = { says: 'a finite number above 0, or inf', holds: (value) => value === 'inf' || aboveZero.holds(value) };

function checkClip(clip: Clip): void {
  check('clip', { kind: clip.kind }, { kind: oneOf('norm', 'value') });
  const { kind: _, ...options } = clip;
  if (clip.kind === 'value') check('clip', options as { maxValue: number }, { maxValue: aboveZero }, ['maxValue']);
  else check<{ maxNorm: number; order?: number }>('clip', options as { maxNorm: number }, { maxNorm: aboveZero, order }, ['maxNorm']);
}
