/**
 * Up to the rate and down to next to nothing (Smith and Topin 2018, arXiv:1708.07120): PyTorch's OneCycleLR, its max_lr
 * being the rate.
 *
 *   rate / divFactor  ->  rate, over the share `pctStart` of the steps  ->  rate / divFactor / finalDivFactor
 *
 * `threePhase` falls as it rose, to rate / divFactor, and only then to the end. The momentum, which PyTorch moves the other
 * way, stays as the optimiser has it.
 */
import { aboveZero, check, flag, oneOf, share, whole } from '../check';
import { type Curve, halfCosine, straight } from './curve';

export type OneCycleOptions = {
  /** Of the cycle; all steps unless given. */
  readonly length?: number;
  readonly pctStart?: number;
  readonly annealStrategy?: 'cos' | 'linear';
  readonly divFactor?: number;
  readonly finalDivFactor?: number;
  readonly threePhase?: boolean;
};

export function oneCycle(options: OneCycleOptions = {}): Curve {
  check<OneCycleOptions>('oneCycle', options, {
    length: whole,
    pctStart: share,
    annealStrategy: oneOf('cos', 'linear'),
    divFactor: aboveZero,
    finalDivFactor: aboveZero,
    threePhase: flag,
  });
  const { pctStart = 0.3, annealStrategy = 'cos', divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
  const between = annealStrategy === 'cos' ? halfCosine : straight;
  return (rate, index, count) => {
    const { length = count } = options;
    const low = rate / divFactor;
    const turns: [end: number, rate: number][] = [[pctStart * length - 1, rate]];
    if (threePhase) turns.push([2 * pctStart * length - 2, low]);
    turns.push([length - 1, low / finalDivFactor]);
    let [start, from] = [0, low];
    for (const [end, to] of turns) {
      if (index <= end) return end === start ? to : between(from, to, (index - start) / (end - start));
      [start, from] = [end, to];
    }
    return from; // after the last step
  };
}
