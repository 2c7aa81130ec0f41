/** Every schedule of the reference, built from its own arguments: entry i is the rate of step or epoch i, from 0. */
import { expect, it } from 'vitest';
import { rateAt, type Schedule } from '../../lib/train/schedules';
import { type Given, renamed, type ScheduleEntry, schedules, tally } from './fixture';

const entries = schedules();
const count = tally('schedules');

type Kind = { readonly kind: string; readonly names: { readonly [theirs: string]: string }; readonly defaults?: Given };
const KINDS: { readonly [cls: string]: Kind } = {
  ConstantLR: { kind: 'factor', names: { factor: 'factor', total_iters: 'length' } },
  LinearLR: { kind: 'linear', names: { start_factor: 'startFactor', end_factor: 'endFactor', total_iters: 'length' } },
  ExponentialLR: { kind: 'exponential', names: { gamma: 'gamma' } },
  StepLR: { kind: 'step', names: { step_size: 'stepSize', gamma: 'gamma' } },
  MultiStepLR: { kind: 'multistep', names: { milestones: 'milestones', gamma: 'gamma' } },
  PolynomialLR: { kind: 'polynomial', names: { total_iters: 'length', power: 'power' }, defaults: { length: 5 } },
  CosineAnnealingLR: { kind: 'cosine', names: { T_max: 'length', eta_min: 'minRate' } },
  CosineAnnealingWarmRestarts: { kind: 'cosineRestarts', names: { T_0: 'length', T_mult: 'lengthFactor', eta_min: 'minRate' } },
  CosineLRScheduler: {
    kind: 'cosineCycles',
    names: {
      t_initial: 'tInitial',
      lr_min: 'minRate',
      cycle_mul: 'cycleMul',
      cycle_decay: 'cycleDecay',
      cycle_limit: 'cycleLimit',
      warmup_t: 'warmupT',
      warmup_lr_init: 'warmupRate',
      warmup_prefix: 'warmupPrefix',
      k_decay: 'kDecay',
    },
  },
  CyclicLR: {
    kind: 'cyclic',
    names: { base_lr: 'baseRate', step_size_up: 'stepSizeUp', step_size_down: 'stepSizeDown', mode: 'mode', gamma: 'gamma' },
  },
  OneCycleLR: {
    kind: 'oneCycle',
    names: {
      total_steps: 'length',
      pct_start: 'pctStart',
      anneal_strategy: 'annealStrategy',
      div_factor: 'divFactor',
      final_div_factor: 'finalDivFactor',
      three_phase: 'threePhase',
    },
  },
};
/** The unit of t_initial, whether a first value is set, and the momentum, which ours leaves as it is. */
const IGNORED = ['t_in_epochs', 'initialize', 'last_epoch', 'cycle_momentum', 'base_momentum', 'max_momentum'];

function built({ name, cls, options, base_lr }: ScheduleEntry): { schedule: Schedule; rate: number } {
  const found = KINDS[cls.split('.').at(-1)!];
  if (!found) throw new RangeError(`${name}: expected a class among ${Object.keys(KINDS).join(', ')}, got ${cls}`);
  const { max_lr, epochs, steps_per_epoch, ...rest } = options as { [name: string]: number };
  const turned = Object.entries(renamed(name, rest, found.names, IGNORED)).filter(([, value]) => value !== null);
  const product = epochs === undefined || steps_per_epoch === undefined ? {} : { length: epochs * steps_per_epoch };
  const choice = { kind: found.kind, ...found.defaults, ...product, ...Object.fromEntries(turned) };
  if ('mode' in choice && choice.mode === ('exp_range' as unknown)) choice.mode = 'expRange';
  return { schedule: choice as unknown as Schedule, rate: max_lr ?? base_lr };
}

it('finds entries', () => expect(entries.length).toBeGreaterThan(0));

it.each(entries.map((entry) => [entry.name, entry] as const))('%s follows its rates', (name, entry) => {
  const { schedule, rate } = built(entry);
  const ours = entry.lr.map((_, index) => rateAt(schedule, rate, index + 1, entry.lr.length));
  const largest = Math.max(...entry.lr);
  const worst = Math.max(...ours.map((mine, index) => Math.abs(mine - entry.lr[index]!) / largest));
  count(name, ours.length, worst);
  expect(worst).toBeLessThanOrEqual(1e-9);
});
