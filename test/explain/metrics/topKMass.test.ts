import { describe, expect, it } from 'vitest';
import { topKMass } from '../../../lib/explain/metrics/topKMass';

describe('topKMass', () => {
  it('is the share of the k largest, wherever they are', () => {
    const weights = [0.125, 0.5, 0.25, 0.125];
    expect([1, 2, 3, 4].map((k) => topKMass(weights, k))).toEqual([0.5, 0.75, 0.875, 1]);
    expect(weights).toEqual([0.125, 0.5, 0.25, 0.125]);
  });

  it('sorts by value, not as text', () => {
    expect(topKMass([9, 10, 1], 1)).toBe(0.5);
  });

  it('of uniform weights is k / n', () => {
    expect(topKMass(new Float32Array(8).fill(3), 2)).toBe(0.25);
  });

  it('refuses more than there are', () => {
    expect(() => topKMass([1, 2], 3)).toThrow('topKMass: k must be a whole number from 1 to 2, got 3');
    expect(() => topKMass([1, 2], 0)).toThrow('topKMass: k must be a whole number from 1 to 2, got 0');
  });
});
