/**
 * Attention weights in a few numbers. `effective` = exp(entropy) is how many positions, looked at alike, would be as spread
 * out as these (the perplexity); n for uniform weights, 1 where all is on one.
 */
import { attentionEntropy } from './attentionEntropy';
import { distribution } from './distribution';
import { topKMass } from './topKMass';

export type WeightsSummary = {
  readonly count: number;
  /** of weights that sum to 1 */
  readonly largest: number;
  /** nats */
  readonly entropy: number;
  readonly normalised: number;
  readonly effective: number;
  readonly topMass: readonly { readonly k: number; readonly mass: number }[];
};

export function summariseWeights(weights: ArrayLike<number>, { k = [1, 5, 10] }: { k?: readonly number[] } = {}): WeightsSummary {
  const count = weights.length;
  const { nats, normalised } = attentionEntropy(weights);
  return {
    count,
    largest: distribution('summariseWeights', weights).reduce((most, share) => Math.max(most, share), 0),
    entropy: nats,
    normalised,
    effective: Math.exp(nats),
    topMass: k.filter((size) => size <= count).map((size) => ({ k: size, mass: topKMass(weights, size) })),
  };
}
