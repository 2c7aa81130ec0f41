/**
 * The learning rate of a step, a plain number: a recorded step takes it as an input. A schedule is plain data, one of
 * `schedules/all.ts` by its kind, and any of them may begin with a warm-up:
 *
 *   rate step / warmup for the first `warmup` steps (Goyal et al. 2017, arXiv:1706.02677), then the schedule from its start
 */
import { check, oneOf, whole, wholeFromZero } from './check';
import * as schedules from './schedules/all';
import type { Curve } from './schedules/curve';

export type ScheduleKind = keyof typeof schedules;
type Timed = {
  /** Rises in equal parts to the full rate; 0 unless given. */
  readonly warmup?: number;
  /** What all numbers of the schedule count; steps unless given. */
  readonly by?: 'step' | 'epoch';
};
export type Schedule = {
  [K in ScheduleKind]: { readonly kind: K } & Timed & NonNullable<Parameters<(typeof schedules)[K]>[0]>;
}[ScheduleKind];

/** `step` counts from 1 to `steps`; both are epochs where the schedule goes by them. */
export function rateAt(schedule: Schedule, rate: number, step: number, steps: number): number {
  const { kind, warmup = 0, by = 'step', ...options } = schedule;
  const make = new Map(Object.entries(schedules)).get(kind) as ((options: object) => Curve) | undefined;
  if (!make) throw new Error(`schedule: expected one of ${Object.keys(schedules).join(', ')}, got ${kind}`);
  check('schedule', { warmup, by, step, steps }, { warmup: wholeFromZero, by: oneOf('step', 'epoch'), step: whole, steps: whole });
  const curve = make(options);
  return step <= warmup ? (rate * step) / warmup : curve(rate, step - 1 - warmup, Math.max(1, steps - warmup));
}
