/** The few statistics of times: all from the sorted list, so that one slow step moves none but the largest quantiles. */

const sorted = (values: readonly number[]): number[] => {
  if (values.length === 0) throw new Error('statistics: expected at least one value, got none');
  return [...values].sort((a, b) => a - b);
};

/** The value below which the share `p` of all lies, with a straight line between neighbours. */
export function quantile(values: readonly number[], p: number): number {
  const all = sorted(values);
  const at = p * (all.length - 1);
  const below = all[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (all[Math.ceil(at)]! - below);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The slope of the straight line through the points with the least squares. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [middle, level] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0);
  if (!(spread > 0)) throw new Error(`slope: expected points at two places or more, got ${points.length}`);
  return points.reduce((sum, [x, y]) => sum + (x - middle) * (y - level), 0) / spread;
}
