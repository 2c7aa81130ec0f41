import { describe, expect, it } from 'vitest';
import { entropyOf } from '../../lib/plot/entropy';

describe('entropyOf', () => {
  it('gives the uniform distribution the largest entropy, ln n, and certainty none', () => {
    expect(entropyOf([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12);
    expect(entropyOf([0, 1, 0])).toBeCloseTo(0, 12);
  });
});
