import { describe, expect, it } from 'vitest';
import { distribution } from '../../../lib/explain/metrics/distribution';

describe('distribution', () => {
  it('divides by the sum', () => {
    expect(Array.from(distribution('test', [1, 3]))).toEqual([0.25, 0.75]);
    expect(Array.from(distribution('test', Float32Array.of(2, 0, 2)))).toEqual([0.5, 0, 0.5]);
  });

  it('refuses what is no distribution', () => {
    expect(() => distribution('test', [])).toThrow('test: expected at least one weight, got none');
    expect(() => distribution('test', [1, -0.5])).toThrow('test: expected weights of 0 or more, got -0.5 at place 1');
    expect(() => distribution('test', [Number.NaN])).toThrow('test: expected weights of 0 or more, got NaN at place 0');
    expect(() => distribution('test', [0, 0])).toThrow('test: expected weights with a sum above 0, got zeros only');
  });
});
