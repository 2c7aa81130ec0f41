/**
 * Mass in the top k: which share of the attention its k largest weights hold.
 *
 *   mass_k = sum of the k largest a_i / sum of all a_i        uniform weights: k / n
 */
import { distribution } from './distribution';

export function topKMass(weights: ArrayLike<number>, k: number): number {
  const shares = distribution('topKMass', weights);
  if (!Number.isInteger(k) || k < 1 || k > shares.length) {
    throw new Error(`topKMass: k must be a whole number from 1 to ${shares.length}, got ${k}`);
  }
  return Math.min(
    1,
    shares
      .sort()
      .slice(-k)
      .reduceRight((sum, share) => sum + share, 0),
  );
}
