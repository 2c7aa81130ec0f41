/**
 * What a host takes in its slots: a choice as plain data, `{ kind: 'squeezeExcite', reduction: 4 }`, which an experiment
 * can store, or a function of the width for a mechanism of one's own. Kinds and their options derive from the maps.
 *
 * K is inferred from `kind` alone: inferring the whole object would let a misspelt option through.
 */
import type { Module } from '../tensor/module';
import type { Tree } from '../tensor/tree';
import * as attentions from './all';
import type { Attention, Pooling, TokenAttention } from './attention';
import * as poolings from './pooling/all';
import * as tokenAttentions from './tokens/all';

type Options<Maker> = Maker extends (options: infer O) => unknown ? Omit<O, 'dim'> : never;
type Params<Maker> = Maker extends (options: never) => { readonly init: (random: never) => infer P extends Tree } ? P : never;
type Choice<Makers, K extends keyof Makers> = { readonly kind: K } & Options<Makers[K]>;

export type AttentionKind = keyof typeof attentions;
export type PoolingKind = keyof typeof poolings;
export type TokenAttentionKind = keyof typeof tokenAttentions;
export type AttentionSlot<K extends AttentionKind, P extends Tree> = Choice<typeof attentions, K> | ((dim: number) => Attention<P>);
export type PoolingSlot<K extends PoolingKind, P extends Tree> = Choice<typeof poolings, K> | ((dim: number) => Pooling<P>);
export type TokenAttentionSlot<K extends TokenAttentionKind, P extends Tree> =
  | Choice<typeof tokenAttentions, K>
  | ((dim: number) => TokenAttention<P>);
/** Any choice that is plain data: what an experiment may hold. */
export type AttentionChoice = { [K in AttentionKind]: Choice<typeof attentions, K> }[AttentionKind];
export type PoolingChoice = { [K in PoolingKind]: Choice<typeof poolings, K> }[PoolingKind];
export type TokenAttentionChoice = { [K in TokenAttentionKind]: Choice<typeof tokenAttentions, K> }[TokenAttentionKind];

/** The parameters of what fills the slot: P of a function, else those of the kind. */
export type AttentionParams<K extends AttentionKind, P extends Tree> = [P] extends [never] ? Params<(typeof attentions)[K]> : P;
export type PoolingParams<K extends PoolingKind, P extends Tree> = [P] extends [never] ? Params<(typeof poolings)[K]> : P;
export type TokenAttentionParams<K extends TokenAttentionKind, P extends Tree> = [P] extends [never]
  ? Params<(typeof tokenAttentions)[K]>
  : P;

export const fillAttention = <K extends AttentionKind, P extends Tree>(
  slot: AttentionSlot<K, P>,
  dim: number,
): Attention<AttentionParams<K, P>> => fill('attention', attentions, slot, dim) as Attention<AttentionParams<K, P>>;
export const fillPooling = <K extends PoolingKind, P extends Tree>(slot: PoolingSlot<K, P>, dim: number): Pooling<PoolingParams<K, P>> =>
  fill('pooling', poolings, slot, dim) as Pooling<PoolingParams<K, P>>;
export const fillTokenAttention = <K extends TokenAttentionKind, P extends Tree>(
  slot: TokenAttentionSlot<K, P>,
  dim: number,
): TokenAttention<TokenAttentionParams<K, P>> =>
  fill('token attention', tokenAttentions, slot, dim) as TokenAttention<TokenAttentionParams<K, P>>;

// The one place where types give way: TypeScript cannot follow that `kind` picks both the maker and its options.
function fill(name: string, makers: object, slot: object | ((dim: number) => unknown), dim: number): unknown {
  if (typeof slot === 'function') return (slot as (dim: number) => unknown)(dim);
  const { kind, ...options } = slot as { kind: string };
  const all = new Map(Object.entries(makers) as [string, (options: object) => Module<Tree, never, unknown>][]);
  const make = all.get(kind);
  if (!make) throw new Error(`${name}: expected one of ${[...all.keys()].join(', ')}, got ${kind}`);
  return make({ ...options, dim });
}
