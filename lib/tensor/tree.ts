/**
 * Trees: nested arrays and records with tensors for leaves. Parameters, states, batches and traces are all trees.
 * Text and undefined belong to the structure. Numbers are refused: a compiled program would freeze them.
 *
 * Declare the type of a tree with `type`; an `interface` has no implicit index signature and is not a Tree.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export type Tree = Tensor | string | undefined | readonly Tree[] | { readonly [name: string]: Tree };

/** A tree taken apart; `rebuild` puts other leaves, in the same order, into the same structure. */
export type Flat<T> = {
  readonly paths: readonly string[];
  readonly leaves: readonly Tensor[];
  readonly rebuild: (leaves: readonly Tensor[]) => T;
};

export const join = (path: string, name: string | number): string => (path === '' ? `${name}` : `${path}.${name}`);

/** The same tree with every leaf replaced; `change` must keep rank and dtype, which is what makes the type true. */
export function map<T extends Tree>(tree: T, change: (leaf: Tensor, path: string) => Tensor): T {
  const walk = (node: Tree, path: string): Tree => {
    if (node instanceof tf.Tensor) return change(node, path);
    if (node === undefined || typeof node === 'string') return node;
    if (isList(node)) return node.map((child, index) => walk(child, join(path, index)));
    return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, walk(child, join(path, name))]));
  };
  return walk(tree, '') as T;
}

const isList = (node: Tree): node is readonly Tree[] => Array.isArray(node);

/** Leaves by path, in order. */
export function entries(tree: Tree): [path: string, leaf: Tensor][] {
  const found: [string, Tensor][] = [];
  map(tree, (leaf, path) => {
    found.push([path, leaf]);
    return leaf;
  });
  return found;
}

export const leaves = (tree: Tree): Tensor[] => entries(tree).map(([, leaf]) => leaf);

export function flatten<T extends Tree>(tree: T): Flat<T> {
  const all = entries(tree);
  const rebuild = (next: readonly Tensor[]): T => {
    if (next.length !== all.length) throw new Error(`flatten: expected ${all.length} leaves, got ${next.length}`);
    let index = 0;
    return map(tree, () => next[index++]!);
  };
  return { paths: all.map(([path]) => path), leaves: all.map(([, leaf]) => leaf), rebuild };
}

/** Two trees of one structure, leaf by leaf. */
export function zip<T extends Tree>(left: T, right: T, change: (left: Tensor, right: Tensor) => Tensor): T {
  const other = new Map(entries(right));
  return map(left, (leaf, path) => {
    const partner = other.get(path);
    if (!partner) throw new Error(`zip: expected a leaf at ${path} in the second tree, got none`);
    return change(leaf, partner);
  });
}

/** Structure, shapes and dtypes as text: equal for trees that one compiled program can serve. */
export const signature = (tree: Tree): string =>
  JSON.stringify(tree, (_, node: unknown) => (node instanceof tf.Tensor ? `${node.dtype}[${node.shape}]` : node));

export const tidy = <T extends Tree>(body: () => T): T => tf.tidy(body as () => tf.TensorContainer) as T;

export const dispose = (tree: Tree): void => {
  for (const leaf of leaves(tree)) leaf.dispose();
};

/** How many numbers the tree holds. */
export const count = (tree: Tree): number => leaves(tree).reduce((sum, leaf) => sum + leaf.size, 0);

/** A second handle on the leaves that no tidy disposes, until `release` hands them to the tidy around it. */
export const hold = <T extends Tree>(tree: T): T => map(tree, (leaf) => tf.keep(tf.clone(leaf)));
export const release = <T extends Tree>(held: T): T => {
  const free = map(held, (leaf) => tf.clone(leaf));
  dispose(held);
  return free;
};
