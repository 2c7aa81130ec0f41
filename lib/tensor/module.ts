/**
 * The unit: a module is a value with two pure functions. `params` is a tree of tensors; a branch named `running` holds
 * running statistics, which carry no gradient and are not counted (the name is read at run time: a brand would be lost
 * when a tree is rebuilt, compiled or loaded).
 *
 * All that `forward` may do beside returning is to hand things to its `mode`.
 */
import { type Tensor, Tensor as TensorClass } from '@tensorflow/tfjs-core';
import type { InitRandom, StepRandom } from './random';
import { count, entries, hold, join, map, release, type Tree } from './tree';

export type Module<P extends Tree, In, Out> = {
  readonly init: (random: InitRandom) => P;
  readonly forward: (params: P, x: In, mode: Mode) => Out;
};

/** The map a mechanism really used; undefined where it forms none. `axes` names its dimensions. */
export type Weights = Tensor | { readonly [name: string]: Tensor } | undefined;
export type Axes = string | { readonly [name: string]: string };
export type Trace = { readonly [path: string]: { readonly axes: Axes; readonly weights: Weights } };
export type NoParams = Record<never, never>;

export type Mode = {
  readonly path: string;
  /** Defined while training. */
  readonly training: StepRandom | undefined;
  /** Which maps the trace keeps: memory is bounded by asking for few. */
  readonly wants: (path: string) => boolean;
  readonly update: <T extends Tree>(running: T, next: T) => void;
  readonly capture: (path: string, axes: Axes, weights: Weights) => void;
  /** Sees the output of every named module: how a number that is not finite is traced to its layer. */
  readonly watch: (path: string, output: unknown) => void;
};

const nothing = (): void => {};
export const evaluation: Mode = { path: '', training: undefined, wants: () => true, update: nothing, capture: nothing, watch: nothing };
export const training = (random: StepRandom): Mode => ({ ...evaluation, training: random, wants: () => false });

/** One level deeper: the path names the map in the trace and the stream of random numbers. */
export const scope = <S extends { readonly path: string }>(outer: S, name: string | number): S => ({
  ...outer,
  path: join(outer.path, name),
});

/** The module under a name: its weights, masks and maps get the path that its parameters have in the tree of the host. */
export function named<P extends Tree, In, Out>(name: string | number, module: Module<P, In, Out>): Module<P, In, Out> {
  return {
    init: (random) => module.init(scope(random, name)),
    forward: (params, x, mode) => {
      const inner = scope(mode, name);
      const output = module.forward(params, x, inner);
      inner.watch(inner.path, output);
      return output;
    },
  };
}

/** Runs `body` and returns, beside its result, the maps captured in it. */
export function traced<R extends Tree>(mode: Mode, body: (mode: Mode) => R): { result: R; trace: Trace } {
  const maps: { [path: string]: Trace[string] } = {};
  const capture: Mode['capture'] = (path, axes, weights) => {
    if (mode.wants(path)) maps[path] = { axes, weights: hold(weights) };
  };
  const result = body({ ...mode, capture });
  return { result, trace: release(maps) };
}

/** Every map of a trace; of a mechanism with several, each under its name: `stages.0.0.attention.channel`. */
export function mapsOf(trace: Trace): { path: string; axes: string; map: Tensor }[] {
  return Object.entries(trace).flatMap(([path, { axes, weights }]) => {
    if (weights === undefined) return [];
    if (weights instanceof TensorClass) return [{ path, axes: axes as string, map: weights }];
    const named = axes as { readonly [name: string]: string };
    return Object.entries(weights).map(([name, map]) => ({ path: join(path, name), axes: named[name]!, map }));
  });
}

/** Runs `body` and returns, beside its result, `params` with the running statistics that were updated in it. */
export function updating<P extends Tree, R extends Tree>(params: P, mode: Mode, body: (mode: Mode) => R): { result: R; params: P } {
  const updates = new Map<Tensor, Tensor>();
  const update: Mode['update'] = (running, next) => {
    const values = new Map(entries(hold(next)));
    for (const [path, leaf] of entries(running)) updates.set(leaf, values.get(path)!);
  };
  const result = body({ ...mode, update });
  return { result, params: map(params, (leaf) => (updates.has(leaf) ? release(updates.get(leaf)!) : leaf)) };
}

/** `P` without its running statistics: what gradients and optimisers see. */
export type Learned<P> = P extends Tensor | string | undefined
  ? P
  : P extends readonly (infer Child)[]
    ? readonly Learned<Child>[]
    : { readonly [Name in keyof P as Name extends 'running' ? never : Name]: Learned<P[Name]> };

export function learned<P extends Tree>(params: P): Learned<P> {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null || node instanceof TensorClass) return node;
    return Object.fromEntries(Object.entries(node).flatMap(([name, child]) => (name === 'running' ? [] : [[name, walk(child)]])));
  };
  return walk(params) as Learned<P>;
}

/** `params` with the learned leaves of `next`. */
export function withLearned<P extends Tree>(params: P, next: Learned<P>): P {
  const found = new Map(entries(next as Tree));
  return map(params, (leaf, path) => found.get(path) ?? leaf);
}

/** The published count: learned numbers, without running statistics. */
export const countParameters = (params: Tree): number => count(learned(params) as Tree);

/** The path of the first leaf that holds a NaN or an infinity. */
export const firstNotFinite = (tree: Tree): string | undefined =>
  entries(tree).find(([, leaf]) => leaf.dtype === 'float32' && leaf.dataSync().some((value) => !Number.isFinite(value)))?.[0];
