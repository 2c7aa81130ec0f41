import { check, fromZero, whole } from '../check';
import type { Curve } from './curve';

export type PolynomialOptions = { readonly power?: number; readonly length?: number };

/** rate (1 - index / length)^power, and 0 after that: PyTorch's PolynomialLR (`length` is its total_iters; here all steps). */
export function polynomial(options: PolynomialOptions = {}): Curve {
  check<PolynomialOptions>('polynomial', options, { power: fromZero, length: whole });
  const { power = 1, length } = options;
  return (rate, index, count) => rate * (1 - Math.min(1, index / (length ?? count))) ** power;
}
