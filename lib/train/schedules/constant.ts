import { check } from '../check';
import type { Curve } from './curve';

export type ConstantOptions = Record<never, never>;

/** The rate, as it is. */
export function constant(options: ConstantOptions = {}): Curve {
  check('constant', options, {});
  return (rate) => rate;
}
