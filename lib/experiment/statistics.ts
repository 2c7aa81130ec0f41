/// <reference path="./jstat.d.ts" />
/**
 * Means with their uncertainty. The runs of an experiment are few, so intervals of means are Student's, never normal;
 * what the same seeds or images were used for is compared in pairs, which takes the spread between seeds out.
 *
 *   mean of n values       m +- t s / sqrt(n)       t: quantile of Student's distribution with n - 1 degrees, s with n - 1
 *   proportion p of n      (p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)       Wilson 1927: inside 0..1, also at 0 and n
 *
 * Quantiles are jStat's: within 4e-8 (relative) of SciPy's for 1 to 5,000 degrees of freedom.
 */
import { jStat } from 'jstat';

export type Interval = {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** how often such an interval holds the truth */
  readonly level: number;
  readonly n: number;
};
export type LevelOption = { level?: number };

export function mean(values: readonly number[]): number {
  checkValues('mean', values, 1);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation with n - 1. */
export function deviation(values: readonly number[]): number {
  checkValues('deviation', values, 2);
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

export function meanInterval(values: readonly number[], { level = 0.95 }: LevelOption = {}): Interval {
  checkValues('meanInterval', values, 2);
  checkLevel('meanInterval', level);
  const n = values.length;
  const estimate = mean(values);
  const reach = (jStat.studentt.inv((1 + level) / 2, n - 1) * deviation(values)) / Math.sqrt(n);
  return { estimate, low: estimate - reach, high: estimate + reach, level, n };
}

/** Of the mean of a - b, pair by pair: the same seed, or the same image, at the same place in both. */
export function pairedInterval(a: readonly number[], b: readonly number[], options: LevelOption = {}): Interval {
  if (a.length !== b.length) throw new Error(`pairedInterval: expected as many values on both sides, got ${a.length} and ${b.length}`);
  checkValues('pairedInterval', b, 2);
  return meanInterval(
    a.map((value, index) => value - b[index]!),
    options,
  );
}

/** Of a proportion; `successes` need not be whole (a tie in the pointing game counts in part). */
export function wilsonInterval(successes: number, n: number, { level = 0.95 }: LevelOption = {}): Interval {
  if (!Number.isInteger(n) || n < 1) throw new Error(`wilsonInterval: n must be a whole number of at least 1, got ${n}`);
  if (!(successes >= 0 && successes <= n)) throw new Error(`wilsonInterval: successes must be a number from 0 to n=${n}, got ${successes}`);
  checkLevel('wilsonInterval', level);
  const estimate = successes / n;
  const z = jStat.normal.inv((1 + level) / 2, 0, 1);
  const centre = (estimate + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const reach = (z / (1 + z ** 2 / n)) * Math.sqrt((estimate * (1 - estimate)) / n + z ** 2 / (4 * n ** 2));
  // at 0 and n the bound is the proportion itself, but for rounding
  const low = successes === 0 ? 0 : centre - reach;
  const high = successes === n ? 1 : centre + reach;
  return { estimate, low, high, level, n };
}

function checkValues(who: string, values: readonly number[], least: number): void {
  if (values.length < least)
    throw new Error(`${who}: expected at least ${least} ${least === 1 ? 'value' : 'values'}, got ${values.length}`);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new Error(`${who}: expected finite numbers, got ${values[wrong]} at place ${wrong}`);
}

function checkLevel(who: string, level: number): void {
  if (!(level > 0 && level < 1)) throw new Error(`${who}: level must be a number between 0 and 1, such as 0.95, got ${level}`);
}
