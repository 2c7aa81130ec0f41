/**
 * Entropy of attention weights (Shannon 1948): how widely a query looks.
 *
 *   H = -sum_i a_i ln a_i   in nats, 0 (one position) to ln n (all alike)        normalised = H / ln n, 0 to 1
 *
 * Weights are divided by their sum first; 0 ln 0 is 0. With a single position both are 0.
 */
import { distribution } from './distribution';

export function attentionEntropy(weights: ArrayLike<number>): { nats: number; normalised: number } {
  const shares = distribution('attentionEntropy', weights);
  const nats = Math.max(0, -shares.reduce((sum, share) => sum + (share === 0 ? 0 : share * Math.log(share)), 0)); // not -0
  return { nats, normalised: shares.length === 1 ? 0 : Math.min(1, nats / Math.log(shares.length)) };
}
