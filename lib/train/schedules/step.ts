import { aboveZero, check, whole } from '../check';
import type { Curve } from './curve';

export type StepOptions = { readonly stepSize: number; readonly gamma?: number };

/** The rate times gamma after every `stepSize` steps: PyTorch's StepLR. */
export function step(options: StepOptions): Curve {
  check<StepOptions>('step', options, { stepSize: whole, gamma: aboveZero }, ['stepSize']);
  const { stepSize, gamma = 0.1 } = options;
  return (rate, index) => rate * gamma ** Math.floor(index / stepSize);
}
