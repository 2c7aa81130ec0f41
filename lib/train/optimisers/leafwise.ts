/** An optimiser told as the rule for one tensor: most treat every leaf of the tree by itself. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Learned, learned } from '../../tensor/module';
import { entries, flatten, leaves, type Tree } from '../../tensor/tree';
import type { Optimiser, Slots } from './optimiser';

export type LeafSlots = { readonly [name: string]: Tensor };
export type Moment = {
  /** The step, from 1, as float32. */
  readonly time: Scalar;
  readonly rate: Scalar;
  /** Of all leaves. */
  readonly grads: readonly Tensor[];
};
export type Rule = {
  readonly init: (p: Tensor) => LeafSlots;
  /** What all leaves share is computed once, before the rule of a leaf is returned. */
  readonly at: (moment: Moment) => (p: Tensor, g: Tensor, slots: LeafSlots) => { p: Tensor; slots: LeafSlots };
};

export function leafwise(rule: Rule): Optimiser {
  return {
    init: <P extends Tree>(params: P) => {
      const { leaves, rebuild } = flatten(learned(params) as Learned<P> & Tree);
      return byName(leaves.map(rule.init), rebuild);
    },
    update: <P extends Tree>(params: Learned<P>, grads: Learned<P>, slots: Slots<P>, step: Scalar, rate: Scalar) => {
      const tree = params as Learned<P> & Tree;
      const { paths, rebuild } = flatten(tree);
      const gradients = new Map(entries(grads as Tree));
      const moments = Object.entries(slots).map(([name, slot]) => [name, new Map(entries(slot))] as const);
      const next = rule.at({ time: tf.cast(step, 'float32'), rate, grads: leaves(grads as Tree) });
      const moved = leaves(tree).map((p, index) => {
        const path = paths[index]!;
        const own = moments.map(([name, slot]) => [name, at(slot, path, name)]);
        return next(p, at(gradients, path, 'the gradients'), Object.fromEntries(own));
      });
      return {
        params: rebuild(moved.map(({ p }) => p)),
        slots: byName(
          moved.map(({ slots }) => slots),
          rebuild,
        ),
      };
    },
  };
}

function at(found: ReadonlyMap<string, Tensor>, path: string, where: string): Tensor {
  const leaf = found.get(path);
  if (!leaf) throw new Error(`optimiser: expected a leaf at ${path} in ${where}, got none`);
  return leaf;
}

/** From slots by leaf to leaves by slot. */
function byName<T>(slots: readonly LeafSlots[], rebuild: (leaves: readonly Tensor[]) => T): { [name: string]: T } {
  const names = Object.keys(slots[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rebuild(slots.map((own) => own[name]!))]));
}
