import { describe, expect, it } from 'vitest';
import { centrePrior } from '../../../lib/explain/metrics/centrePrior';

describe('centrePrior', () => {
  it('sums to 1 and is the same seen from all four sides', () => {
    const map = centrePrior({ height: 5, width: 7 });
    expect(map.flat().reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect([...map].reverse()).toEqual(map);
    expect(map.map((row) => [...row].reverse())).toEqual(map);
    expect(Math.max(...map.flat())).toBe(map[2]![3]);
  });

  it('falls by exp(-1/2) at one deviation: 1 x 5 pixels with deviation 0.4 have 2 of them', () => {
    const [row] = centrePrior({ height: 1, width: 5, deviation: 0.4 });
    expect(row![0]! / row![2]!).toBeCloseTo(Math.exp(-0.5), 12);
  });

  it('refuses a size or a deviation that is none', () => {
    expect(() => centrePrior({ height: 0, width: 3 })).toThrow('centrePrior: height must be a whole number of at least 1, got 0');
    expect(() => centrePrior({ height: 3, width: 3, deviation: 0 })).toThrow('centrePrior: deviation must be above 0, got 0');
  });
});
