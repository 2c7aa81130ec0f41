import { describe, expect, it } from 'vitest';
import { median, quantile, slope } from '../../bench/statistics';

describe('statistics of times', () => {
  it('takes the middle one, or the mean of the middle two', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('finds what 95 % lie below, between the 19th and the 20th of 20', () => {
    const all = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect(quantile(all, 0.95)).toBeCloseTo(19.05);
    expect([quantile(all, 0), quantile(all, 1)]).toEqual([1, 20]);
  });

  it('finds the slope of a line, and of points about it', () => {
    expect(slope([[0, 1], [1, 3], [2, 5]])).toBe(2); // biome-ignore format: points
    expect(slope([[0, 0], [1, 3], [2, 0], [3, 3]])).toBeCloseTo(0.6); // biome-ignore format: points
  });

  it('refuses none', () => {
    expect(() => median([])).toThrow('statistics: expected at least one value, got none');
    expect(() => slope([[1, 1]])).toThrow('slope: expected points at two places or more, got 1');
  });
});
