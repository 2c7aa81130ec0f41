import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gelu } from '../../lib/tensor/ops';
import { numbers } from '../tensor/gradients';
import { inTier, tiers } from './tiers';

/** erf x = 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...), of positive terms alone. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const exact = (x: number): [value: number, slope: number] => {
  const below = (1 + erf(x / Math.SQRT2)) / 2;
  return [x * below, below + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)];
};
const byTanh = (x: number): [value: number, slope: number] => {
  const root = Math.sqrt(2 / Math.PI);
  const share = Math.tanh(root * (x + 0.044715 * x ** 3));
  return [(x * (1 + share)) / 2, (1 + share) / 2 + (x * (1 - share ** 2) * root * (1 + 3 * 0.044715 * x * x)) / 2];
};

describe.each(tiers)('GELU as $tier', ({ tier }) => {
  it.each([
    ['none', exact],
    ['tanh', byTanh],
  ] as const)('(%s) and its slope are the formulas in float64, from -8 to 8', (kind, formula) => {
    // biome-ignore format: rows
    const at = Float32Array.from({ length: 1601 }, (_, i) => (i - 800) / 100);
    const { value, grad } = inTier(tier, () => tf.valueAndGrad((x) => gelu(x, kind))(tf.tensor1d(at), tf.fill([at.length], 2)));
    const [values, slopes] = [value, grad].map(numbers);
    at.forEach((x, i) => {
      const [wanted, slope] = formula(x);
      expect(Math.abs(values![i]! - wanted), `at ${x}`).toBeLessThan(2e-6);
      expect(Math.abs(slopes![i]! - 2 * slope), `slope at ${x}`).toBeLessThan(8e-6);
    });
  });

  it('is 0 far below, the identity far above, and NaN for NaN', () => {
    for (const kind of ['none', 'tanh'] as const) {
      const y = numbers(inTier(tier, () => gelu(tf.tensor1d([-1000, 1000, Number.NaN]), kind)));
      expect(Math.abs(y[0]!)).toBe(0);
      expect(y.slice(1)).toEqual([1000, Number.NaN]);
    }
  });
});
