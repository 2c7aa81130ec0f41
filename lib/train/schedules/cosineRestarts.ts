import { check, fromZero, whole } from '../check';
import { type Curve, halfCosine } from './curve';

export type CosineRestartsOptions = { readonly length: number; readonly lengthFactor?: number; readonly minRate?: number };

/**
 * Half a cosine from the rate to `minRate`, again and again (Loshchilov and Hutter 2017, arXiv:1608.03983), each time
 * `lengthFactor` times as long: PyTorch's CosineAnnealingWarmRestarts (T_0, T_mult, eta_min).
 */
export function cosineRestarts(options: CosineRestartsOptions): Curve {
  check<CosineRestartsOptions>('cosineRestarts', options, { length: whole, lengthFactor: whole, minRate: fromZero }, ['length']);
  const { lengthFactor = 1, minRate = 0 } = options;
  return (rate, index) => {
    let [length, start] = [options.length, 0];
    while (index - start >= length) [start, length] = [start + length, length * lengthFactor];
    return halfCosine(rate, minRate, (index - start) / length);
  };
}
