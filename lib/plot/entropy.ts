/** Entropy in nats: -sum w ln w, at most ln n for n weights. */
export function entropyOf(weights: readonly number[]): number {
  return weights.reduce((sum, w) => (w > 0 ? sum - w * Math.log(w) : sum), 0);
}
