import { describe, expect, it } from 'vitest';
import { attentionEntropy } from '../../../lib/explain/metrics/attentionEntropy';

describe('attentionEntropy', () => {
  it('of equal weights is ln n, of one weight alone 0', () => {
    const { nats, normalised } = attentionEntropy([0.25, 0.25, 0.25, 0.25]);
    expect(nats).toBeCloseTo(Math.log(4), 12);
    expect(normalised).toBeCloseTo(1, 12);
    expect(attentionEntropy([0, 1, 0])).toEqual({ nats: 0, normalised: 0 });
  });

  it('of 1/2, 1/4, 1/4 is 3/2 ln 2, whatever their scale', () => {
    expect(attentionEntropy([2, 1, 1]).nats).toBeCloseTo(1.5 * Math.LN2, 12);
    expect(attentionEntropy([2, 1, 1]).normalised).toBeCloseTo((1.5 * Math.LN2) / Math.log(3), 12);
  });

  it('of a single position is 0 in both forms', () => {
    expect(attentionEntropy([0.3])).toEqual({ nats: 0, normalised: 0 });
  });

  it('never passes 1 by rounding', () => {
    for (let n = 2; n < 300; n++) expect(attentionEntropy(new Float32Array(n).fill(1 / n)).normalised).toBeLessThanOrEqual(1);
  });
});
