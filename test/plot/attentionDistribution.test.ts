import { describe, expect, it } from 'vitest';
import { attentionDistribution } from '../../lib/plot/attentionDistribution';

describe('attentionDistribution', () => {
  it('sorts the weights and states entropy in nats and the mass of the largest', () => {
    const figure = attentionDistribution({ distributions: [{ name: 'pooling', weights: [0.25, 0.5, 0.25] }], top: 2 });
    expect(figure.data).toEqual([
      { name: 'pooling', rank: 1, weight: 0.5 },
      { name: 'pooling', rank: 2, weight: 0.25 },
      { name: 'pooling', rank: 3, weight: 0.25 },
    ]);
    // H = 0.5 ln 2 + 2 * 0.25 ln 4 = 1.5 ln 2 = 1.04; ln 3 = 1.10
    expect(figure.description).toContain('entropy 1.04 of at most 1.10 nats; top 2 of 3 hold 75.0 %');
    expect(JSON.stringify(figure.spec)).toContain('uniform, 1/3 = 0.333');
  });

  it('names what is wrong with its input', () => {
    const of = (...weights: number[][]) =>
      attentionDistribution({ distributions: weights.map((w, i) => ({ name: `m${i}`, weights: w })), top: 1 });
    expect(() => of([0.5, 0.6])).toThrow('attentionDistribution: expected weights that sum to 1 in m0, got a sum of 1.10');
    expect(() => of([0.5, 0.5], [1])).toThrow('attentionDistribution: expected 2 weights for m1 as for m0, got 1');
    expect(() => attentionDistribution({ distributions: [{ name: 'm', weights: [0.5, 0.5] }], top: 3 })).toThrow(
      'a whole number from 1 to 2, got 3',
    );
  });
});
