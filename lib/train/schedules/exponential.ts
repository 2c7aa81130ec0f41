import { aboveZero, check } from '../check';
import type { Curve } from './curve';

export type ExponentialOptions = { readonly gamma: number };

/** rate gamma^index: PyTorch's ExponentialLR. */
export function exponential(options: ExponentialOptions): Curve {
  check<ExponentialOptions>('exponential', options, { gamma: aboveZero }, ['gamma']);
  return (rate, index) => rate * options.gamma ** index;
}
