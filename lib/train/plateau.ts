/**
 * A rate that falls when the validation part stops improving: PyTorch's ReduceLROnPlateau, by its names.
 *
 *   better     value < best (1 - threshold), or < best - threshold (`abs`); for `max` the other way round
 *   reduce     after more than `patience` epochs without: rate = max(rate factor, minRate), unless that changes less than epsilon
 *   cooldown   epochs after a reduction in which nothing is counted
 */
import { check, fraction, fromZero, oneOf, wholeFromZero } from './check';

export type PlateauOptions = {
  /** `min` watches the validation loss, `max` the validation accuracy. */
  readonly mode?: 'min' | 'max';
  readonly factor?: number;
  readonly patience?: number;
  readonly threshold?: number;
  readonly thresholdMode?: 'rel' | 'abs';
  readonly cooldown?: number;
  readonly minRate?: number;
  readonly epsilon?: number;
};
/** Plain data: a checkpoint keeps it. `best` is null before the first value. */
export type PlateauState = { readonly rate: number; readonly best: number | null; readonly bad: number; readonly cooldown: number };
export type Plateau = {
  readonly init: (rate: number) => PlateauState;
  /** After an epoch with this value. */
  readonly next: (state: PlateauState, value: number) => PlateauState;
};

export function plateau(options: PlateauOptions = {}): Plateau {
  check<PlateauOptions>('plateau', options, {
    mode: oneOf('min', 'max'),
    factor: fraction,
    patience: wholeFromZero,
    threshold: fromZero,
    thresholdMode: oneOf('rel', 'abs'),
    cooldown: wholeFromZero,
    minRate: fromZero,
    epsilon: fromZero,
  });
  const { mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = 'rel' } = options;
  const { cooldown = 0, minRate = 0, epsilon = 1e-8 } = options;
  const sign = mode === 'min' ? -1 : 1;
  const isBetter = (value: number, best: number | null): boolean => {
    if (best === null) return !Number.isNaN(value);
    const least = thresholdMode === 'rel' ? best * (1 + sign * threshold) : best + sign * threshold;
    return sign * value > sign * least;
  };
  return {
    init: (rate) => ({ rate, best: null, bad: 0, cooldown: 0 }),
    next: ({ rate, best, bad, cooldown: left }, value) => {
      const better = isBetter(value, best);
      const counted = better || left > 0 ? 0 : bad + 1;
      const kept = { best: better ? value : best, cooldown: Math.max(0, left - 1) };
      if (counted <= patience) return { rate, bad: counted, ...kept };
      const lower = Math.max(rate * factor, minRate);
      return { rate: rate - lower > epsilon ? lower : rate, best: kept.best, bad: 0, cooldown };
    },
  };
}
