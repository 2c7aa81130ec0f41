import { check, fromZero, whole } from '../check';
import { type Curve, halfCosine } from './curve';

export type CosineOptions = { readonly length?: number; readonly minRate?: number };

/**
 * From the rate to `minRate` along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts), and up
 * again after `length` steps: PyTorch's CosineAnnealingLR (`length` is its T_max; here all steps).
 */
export function cosine(options: CosineOptions = {}): Curve {
  check<CosineOptions>('cosine', options, { length: whole, minRate: fromZero });
  const { length, minRate = 0 } = options;
  return (rate, index, count) => halfCosine(rate, minRate, index / (length ?? count));
}
