/** An optimiser named as plain data: `{ kind: 'adam', beta1: 0.9 }`. */
import * as optimisers from './all';
import type { Optimiser } from './optimiser';

export type OptimiserKind = keyof typeof optimisers;
export type OptimiserChoice = {
  [K in OptimiserKind]: { readonly kind: K } & NonNullable<Parameters<(typeof optimisers)[K]>[0]>;
}[OptimiserKind];

export function makeOptimiser({ kind, ...options }: OptimiserChoice): Optimiser {
  const make = new Map(Object.entries(optimisers)).get(kind);
  if (!make) throw new Error(`optimiser: expected one of ${Object.keys(optimisers).join(', ')}, got ${kind}`);
  return make(options);
}
