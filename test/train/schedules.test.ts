import { expect, it } from 'vitest';
import { rateAt } from '../../lib/train/schedules';

it('falls along half a cosine from the full rate at the first step', () => {
  const schedule = { kind: 'cosine' } as const;
  expect([1, 3, 5].map((step) => rateAt(schedule, 0.1, step, 4))).toEqual([0.1, 0.05, 0]);
});

it('rises in equal steps over the warm-up', () => {
  const schedule = { kind: 'cosine', warmup: 4 } as const;
  expect([1, 2, 4, 5].map((step) => rateAt(schedule, 0.4, step, 10))).toEqual([0.1, 0.2, 0.4, 0.4]);
});

it('stays where it is when constant, and refuses other words', () => {
  expect(rateAt({ kind: 'constant' }, 0.3, 7, 10)).toBe(0.3);
  expect(() => rateAt({ kind: 'linear' } as never, 0.3, 1, 10)).toThrow('schedule: expected constant or cosine, got linear');
});
