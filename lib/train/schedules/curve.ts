/**
 * What every schedule is: the learning rate as a function of time. `index` counts steps (or epochs) from 0, of `count` in
 * all; `rate` is the rate of the run.
 */
export type Curve = (rate: number, index: number, count: number) => number;

/** From one to the other along half a cosine, flat at both ends; `share` from 0 to 1. */
export const halfCosine = (from: number, to: number, share: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
export const straight = (from: number, to: number, share: number): number => from + (to - from) * share;
