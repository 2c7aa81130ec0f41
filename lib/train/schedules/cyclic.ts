/**
 * Up and down between `baseRate` and the rate, again and again (Smith 2017, arXiv:1506.01186): PyTorch's CyclicLR, its
 * max_lr being the rate. The height of a cycle stays (triangular), is halved with each (triangular2), or is
 * multiplied by gamma^index (expRange).
 */
import { aboveZero, check, fromZero, oneOf, whole } from '../check';
import { type Curve, straight } from './curve';

export type CyclicOptions = {
  readonly baseRate: number;
  readonly stepSizeUp?: number;
  readonly stepSizeDown?: number;
  readonly mode?: 'triangular' | 'triangular2' | 'expRange';
  readonly gamma?: number;
};

export function cyclic(options: CyclicOptions): Curve {
  check<CyclicOptions>(
    'cyclic',
    options,
    {
      baseRate: fromZero,
      stepSizeUp: whole,
      stepSizeDown: whole,
      mode: oneOf('triangular', 'triangular2', 'expRange'),
      gamma: aboveZero,
    },
    ['baseRate'],
  );
  const { baseRate, stepSizeUp: up = 2000, stepSizeDown: down = up, mode = 'triangular', gamma = 1 } = options;
  return (rate, index) => {
    const cycle = Math.floor(index / (up + down));
    const within = index - cycle * (up + down);
    const height = { triangular: 1, triangular2: 0.5 ** cycle, expRange: gamma ** index }[mode];
    return straight(baseRate, rate, height * (within <= up ? within / up : (up + down - within) / down));
  };
}
