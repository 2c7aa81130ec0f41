import { describe, expect, it } from 'vitest';
import { deviation, mean, meanInterval, pairedInterval, wilsonInterval } from '../../lib/experiment/statistics';

// the decimals are SciPy 1.17's: stats.t.interval, ttest_rel().confidence_interval, binomtest().proportion_ci('wilson')
const a = [0.81, 0.84, 0.79, 0.86, 0.82];
const b = [0.78, 0.8, 0.8, 0.81, 0.79];

describe('mean and deviation', () => {
  it('of 2, 4, 4, 4, 5, 5, 7, 9 are 5 and the root of 32/7', () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });
});

describe('meanInterval', () => {
  it('of 1 and 3 reaches 12.7062 = tan(0.475 pi) to both sides of 2', () => {
    const { estimate, low, high, n } = meanInterval([1, 3]);
    expect([estimate, n]).toEqual([2, 2]);
    expect(high - estimate).toBeCloseTo(Math.tan(0.475 * Math.PI), 6);
    expect(estimate - low).toBeCloseTo(Math.tan(0.475 * Math.PI), 6);
  });

  it('agrees with SciPy at 95 and 99 percent', () => {
    const at95 = meanInterval(a);
    const at99 = meanInterval(a, { level: 0.99 });
    expect([at95.low, at95.high, at99.low, at99.high].map((value) => value.toFixed(7))).toEqual([
      '0.7904521',
      '0.8575479',
      '0.7683685',
      '0.8796315',
    ]);
  });

  it.each([
    [3, 4.302652729749462],
    [4, 3.1824463052837078],
    [10, 2.262157162798205],
    [30, 2.045229642132703],
    [100, 1.9842169515864174],
    [1001, 1.9623390808264083],
  ])('of %i values uses the quantile of n - 1 degrees of freedom', (n, quantile) => {
    const values = Array.from({ length: n }, (_, index) => index);
    const { estimate, high } = meanInterval(values);
    expect(((high - estimate) * Math.sqrt(values.length)) / deviation(values) / quantile).toBeCloseTo(1, 7);
  });

  it('of one value is an error, not a guess', () => {
    expect(() => meanInterval([0.8])).toThrow('meanInterval: expected at least 2 values, got 1');
    expect(() => meanInterval([0.8, Number.NaN])).toThrow('meanInterval: expected finite numbers, got NaN at place 1');
    expect(() => meanInterval([1, 2], { level: 95 })).toThrow('meanInterval: level must be a number between 0 and 1, such as 0.95, got 95');
  });
});

describe('pairedInterval', () => {
  it('agrees with SciPy, and holds 0 where the means alone look different', () => {
    const { estimate, low, high } = pairedInterval(a, b);
    expect(estimate).toBeCloseTo(0.028, 12);
    expect(low).toBeCloseTo(-0.00031429553964544554, 9);
    expect(high).toBeCloseTo(0.05631429553964536, 9);
  });

  it('takes out what both have in common', () => {
    expect(pairedInterval([1, 50, 900], [0, 49, 899])).toEqual({ estimate: 1, low: 1, high: 1, level: 0.95, n: 3 });
  });

  it('refuses lists of different lengths', () => {
    expect(() => pairedInterval([1, 2, 3], [1, 2])).toThrow('pairedInterval: expected as many values on both sides, got 3 and 2');
  });
});

describe('wilsonInterval', () => {
  it.each([
    [0, 10, 0.95, 0, 0.27753279986288926],
    [10, 10, 0.95, 0.7224672001371109, 1],
    [7, 10, 0.99, 0.32002467920110256, 0.9204336834769342],
    [412, 500, 0.95, 0.78818582871064, 0.854873598670274],
    [1, 1, 0.95, 0.20654931437723745, 1],
  ])('of %i in %i at %d agrees with SciPy', (successes, n, level, low, high) => {
    const found = wilsonInterval(successes, n, { level });
    expect(found.estimate).toBe(successes / n);
    expect(found.low).toBeCloseTo(low, 12);
    expect(found.high).toBeCloseTo(high, 12);
  });

  it('refuses more successes than trials', () => {
    expect(() => wilsonInterval(11, 10)).toThrow('wilsonInterval: successes must be a number from 0 to n=10, got 11');
    expect(() => wilsonInterval(0, 0)).toThrow('wilsonInterval: n must be a whole number of at least 1, got 0');
  });
});
