import { describe, expect, it } from 'vitest';
import { summariseWeights } from '../../../lib/explain/metrics/summariseWeights';

describe('summariseWeights', () => {
  it('of 1/2, 1/4, 1/4 looks at 2 sqrt 2 positions', () => {
    const { count, largest, entropy, normalised, effective, topMass } = summariseWeights([2, 1, 1], { k: [1, 2, 5] });
    expect([count, largest]).toEqual([3, 0.5]);
    expect(entropy).toBeCloseTo(1.5 * Math.LN2, 12);
    expect(normalised).toBeCloseTo((1.5 * Math.LN2) / Math.log(3), 12);
    expect(effective).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(topMass).toEqual([
      { k: 1, mass: 0.5 },
      { k: 2, mass: 0.75 },
    ]);
  });
});
