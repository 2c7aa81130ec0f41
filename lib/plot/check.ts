/** What the figures ask of their input; errors say who, what was expected and what came. */
import type { Grid, Image } from './figure';
import { digits } from './numbers';

/** Throws `who: expected ..., got ...`. */
export function check(holds: boolean, who: string, expected: string, got: string): asserts holds {
  if (!holds) throw new Error(`${who}: expected ${expected}, got ${got}`);
}

export function checkFinite(who: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) check(Number.isFinite(values[i]), who, `finite numbers in ${name}`, `${values[i]} at index ${i}`);
}

/** Height and width of a grid of finite numbers without ragged rows. */
export function checkGrid(who: string, name: string, grid: Grid): { height: number; width: number } {
  const height = grid.length;
  const width = grid[0]?.length ?? 0;
  check(height > 0 && width > 0, who, `at least one row and one column in ${name}`, `${height} x ${width}`);
  grid.forEach((row, r) => {
    check(row.length === width, who, `rows of ${width} numbers in ${name}`, `${row.length} in row ${r}`);
    checkFinite(who, `row ${r} of ${name}`, row);
  });
  return { height, width };
}

export function checkImage(who: string, name: string, { height, width, channels, values }: Image): void {
  check(
    Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0,
    who,
    `${name} with a whole height and width`,
    `${height} x ${width}`,
  );
  check(channels === 1 || channels === 3, who, `${name} with 1 or 3 channels`, `${channels}`);
  const count = height * width * channels;
  check(values.length === count, who, `${count} values for ${name} of ${height} x ${width} x ${channels}`, `${values.length}`);
  checkFinite(who, name, values);
}

/** Weights that are not negative and sum to 1: what a softmax gives. */
export function checkWeights(who: string, name: string, weights: ArrayLike<number>): void {
  checkFinite(who, name, weights);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    check(weights[i]! >= 0, who, `weights of at least 0 in ${name}`, `${weights[i]} at index ${i}`);
    sum += weights[i]!;
  }
  check(Math.abs(sum - 1) < 1e-3, who, `weights that sum to 1 in ${name}`, `a sum of ${digits(sum)}`);
}
