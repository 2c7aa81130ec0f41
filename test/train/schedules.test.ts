import { expect, it } from 'vitest';
import { rateAt, type Schedule } from '../../lib/train/schedules';

it('falls along half a cosine from the full rate at the first step', () => {
  const schedule = { kind: 'cosine' } as const;
  expect([1, 3, 5].map((step) => rateAt(schedule, 0.1, step, 4))).toEqual([0.1, 0.05, 0]);
});

it('rises in equal steps over the warm-up', () => {
  const schedule = { kind: 'cosine', warmup: 4 } as const;
  expect([1, 2, 4, 5].map((step) => rateAt(schedule, 0.4, step, 10))).toEqual([0.1, 0.2, 0.4, 0.4]);
});

it('rises to any schedule, which then begins from its start', () => {
  const schedule = { kind: 'step', stepSize: 2, gamma: 0.5, warmup: 2 } as const;
  expect([1, 2, 3, 4, 5, 6, 7].map((step) => rateAt(schedule, 0.8, step, 7))).toEqual([0.4, 0.8, 0.8, 0.8, 0.4, 0.4, 0.2]);
});

it('stays where it is when constant', () => {
  expect(rateAt({ kind: 'constant' }, 0.3, 7, 10)).toBe(0.3);
});

it('steps down at each milestone, and twice at one named twice', () => {
  const schedule = { kind: 'multistep', milestones: [1, 3, 3], gamma: 0.5 } as const;
  expect([1, 2, 3, 4].map((step) => rateAt(schedule, 8, step, 4))).toEqual([8, 4, 4, 1]);
});

it('restarts at the full rate, each time for twice as long', () => {
  const schedule = { kind: 'cosineRestarts', length: 2, lengthFactor: 2 } as const;
  const rates = [1, 2, 3, 5, 7].map((step) => rateAt(schedule, 1, step, 7)); // cycles begin at 1, 3 and 7
  rates.forEach((rate, index) => {
    expect(rate).toBeCloseTo([1, 0.5, 1, 0.5, 1][index]!, 12);
  });
});

it('goes up and down between two rates, halving the height', () => {
  const schedule = { kind: 'cyclic', baseRate: 1, stepSizeUp: 2, stepSizeDown: 1, mode: 'triangular2' } as const;
  expect([1, 2, 3, 4, 5, 6].map((step) => rateAt(schedule, 5, step, 6))).toEqual([1, 3, 5, 1, 2, 3]);
});

it('goes in one cycle from a 25th of the rate through the rate to a 100th', () => {
  const schedule = { kind: 'oneCycle', pctStart: 0.5, annealStrategy: 'linear', finalDivFactor: 4 } as const;
  expect([1, 3, 6].map((step) => rateAt(schedule, 25, step, 6))).toEqual([1, 25, 0.25]);
});

it('waits at a factor of the rate, or walks from one factor to another', () => {
  expect([1, 2, 3].map((step) => rateAt({ kind: 'factor', factor: 0.25, length: 2 }, 8, step, 3))).toEqual([2, 2, 8]);
  expect([1, 2, 3, 4].map((step) => rateAt({ kind: 'linear', startFactor: 0.5, length: 2 }, 8, step, 4))).toEqual([4, 6, 8, 8]);
});

it('falls to the least rate when its cycles have ended', () => {
  const schedule = { kind: 'cosineCycles', tInitial: 2, cycleMul: 2, cycleDecay: 0.5, cycleLimit: 2, minRate: 0.1 } as const;
  expect(rateAt(schedule, 1, 3, 9)).toBe(0.5);
  expect(rateAt(schedule, 1, 7, 9)).toBe(0.1);
});

it('refuses other words, misspelt options and bad or missing values', () => {
  const refused = (schedule: object, message: string): void => expect(() => rateAt(schedule as Schedule, 0.3, 1, 10)).toThrow(message);
  refused({ kind: 'cosin' }, 'schedule: expected one of constant, cosine, cosineCycles, cosineRestarts, cyclic, exponential, factor,');
  refused({ kind: 'step', stepsize: 3 }, 'step: expected options among stepSize, gamma, got stepsize');
  refused({ kind: 'step' }, 'step: expected stepSize, a whole number from 1, got none');
  refused(
    { kind: 'multistep', milestones: [3, 0.5] },
    'multistep: expected milestones to be a list, each a whole number from 1, got 3,0.5',
  );
  refused({ kind: 'oneCycle', annealStrategy: 'sin' }, 'oneCycle: expected annealStrategy to be one of cos, linear, got sin');
  refused({ kind: 'cosine', warmup: -1 }, 'schedule: expected warmup to be a whole number from 0, got -1');
  refused({ kind: 'cosine', by: 'batch' }, 'schedule: expected by to be one of step, epoch, got batch');
  expect(() => rateAt({ kind: 'constant' }, 0.3, 0, 10)).toThrow('schedule: expected step to be a whole number from 1, got 0');
});
