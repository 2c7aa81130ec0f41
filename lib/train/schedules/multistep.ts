import { aboveZero, check, listOf, whole } from '../check';
import type { Curve } from './curve';

export type MultistepOptions = { readonly milestones: readonly number[]; readonly gamma?: number };

/** The rate times gamma from each milestone on, one named twice counting twice: PyTorch's MultiStepLR. */
export function multistep(options: MultistepOptions): Curve {
  check<MultistepOptions>('multistep', options, { milestones: listOf(whole), gamma: aboveZero }, ['milestones']);
  const { milestones, gamma = 0.1 } = options;
  return (rate, index) => rate * gamma ** milestones.filter((milestone) => milestone <= index).length;
}
