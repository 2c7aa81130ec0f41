import { aboveZero, check, whole } from '../check';
import type { Curve } from './curve';

export type FactorOptions = { readonly factor?: number; readonly length?: number };

/** `factor` times the rate for `length` steps, then the rate: PyTorch's ConstantLR (`length` is its total_iters). */
export function factor(options: FactorOptions = {}): Curve {
  check<FactorOptions>('factor', options, { factor: aboveZero, length: whole });
  const { factor = 1 / 3, length = 5 } = options;
  return (rate, index) => (index < length ? rate * factor : rate);
}
