/**
 * The learning rate of a step, a plain number: a recorded step takes it as an input.
 *
 *   constant   rate
 *   cosine     rate (1 + cos(pi t)) / 2,  t = (step - warmup) / (steps - warmup), after a linear rise over `warmup` steps
 *              (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts)
 */
export type Schedule = { readonly kind: 'constant' } | { readonly kind: 'cosine'; readonly warmup?: number };

/** `step` counts from 1 to `steps`. */
export function rateAt(schedule: Schedule, rate: number, step: number, steps: number): number {
  switch (schedule.kind) {
    case 'constant':
      return rate;
    case 'cosine': {
      const { warmup = 0 } = schedule;
      if (step <= warmup) return (rate * step) / warmup;
      return (rate * (1 + Math.cos((Math.PI * (step - 1 - warmup)) / Math.max(1, steps - warmup)))) / 2;
    }
    default:
      throw new Error(`schedule: expected constant or cosine, got ${(schedule as { kind: string }).kind}`);
  }
}
