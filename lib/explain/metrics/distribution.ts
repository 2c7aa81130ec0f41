/** Attention weights as a distribution: checked, and divided by their sum, so that a map of any scale can be read. */
export function distribution(who: string, weights: ArrayLike<number>): Float64Array {
  if (weights.length === 0) throw new Error(`${who}: expected at least one weight, got none`);
  const values = Float64Array.from(weights);
  const wrong = values.findIndex((value) => !(value >= 0 && value < Infinity));
  if (wrong >= 0) throw new Error(`${who}: expected weights of 0 or more, got ${values[wrong]} at place ${wrong}`);
  const sum = values.reduce((total, value) => total + value, 0);
  if (sum === 0) throw new Error(`${who}: expected weights with a sum above 0, got zeros only`);
  return values.map((value) => value / sum);
}
