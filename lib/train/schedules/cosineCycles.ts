/**
 * Cosine cycles with warm-up: timm's CosineLRScheduler (Wightman), by its names.
 *
 *   t < warmupT    warmupRate + t (rate - warmupRate) / warmupT
 *   else           minRate + (rate cycleDecay^i - minRate) (1 + cos(pi t_i^k / T_i^k)) / 2      T_i = tInitial cycleMul^i
 *
 * with t_i the time since cycle i began and k = kDecay (Zhang and Li 2020, arXiv:2004.05909); minRate after `cycleLimit`
 * cycles. Without `warmupPrefix` the cosine counts from 0 too, so the rate falls at the end of the warm-up.
 */
import { aboveZero, check, flag, fromZero, whole, wholeFromZero } from '../check';
import { type Curve, halfCosine } from './curve';

export type CosineCyclesOptions = {
  readonly tInitial: number;
  readonly minRate?: number;
  readonly cycleMul?: number;
  readonly cycleDecay?: number;
  readonly cycleLimit?: number;
  readonly warmupT?: number;
  readonly warmupRate?: number;
  readonly warmupPrefix?: boolean;
  readonly kDecay?: number;
};

export function cosineCycles(options: CosineCyclesOptions): Curve {
  check<CosineCyclesOptions>(
    'cosineCycles',
    options,
    {
      tInitial: whole,
      minRate: fromZero,
      cycleMul: aboveZero,
      cycleDecay: aboveZero,
      cycleLimit: whole,
      warmupT: wholeFromZero,
      warmupRate: fromZero,
      warmupPrefix: flag,
      kDecay: aboveZero,
    },
    ['tInitial'],
  );
  const { tInitial, minRate = 0, cycleMul = 1, cycleDecay = 1, cycleLimit = 1, kDecay = 1 } = options;
  const { warmupT = 0, warmupRate = 0, warmupPrefix = false } = options;
  return (rate, index) => {
    if (index < warmupT) return warmupRate + (index * (rate - warmupRate)) / warmupT;
    const time = warmupPrefix ? index - warmupT : index;
    // timm's own form, whose rounding decides on which side of a boundary a time falls
    const cycle = Math.floor(cycleMul === 1 ? time / tInitial : Math.log(1 - (time / tInitial) * (1 - cycleMul)) / Math.log(cycleMul));
    if (!(cycle < cycleLimit)) return minRate; // NaN where cycles get shorter and all have ended
    const start = tInitial * (cycleMul === 1 ? cycle : (1 - cycleMul ** cycle) / (1 - cycleMul));
    const length = tInitial * cycleMul ** cycle;
    return halfCosine(rate * cycleDecay ** cycle, minRate, (time - start) ** kDecay / length ** kDecay);
  };
}
