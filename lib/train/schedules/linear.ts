import { aboveZero, check, fromZero, whole } from '../check';
import { type Curve, straight } from './curve';

export type LinearOptions = { readonly startFactor?: number; readonly endFactor?: number; readonly length?: number };

/**
 * From `startFactor` times the rate to `endFactor` times, in `length` equal steps, and on at that: PyTorch's LinearLR
 * (`length` is its total_iters).
 */
export function linear(options: LinearOptions = {}): Curve {
  check<LinearOptions>('linear', options, { startFactor: aboveZero, endFactor: fromZero, length: whole });
  const { startFactor = 1 / 3, endFactor = 1, length = 5 } = options;
  return (rate, index) => rate * straight(startFactor, endFactor, Math.min(1, index / length));
}
