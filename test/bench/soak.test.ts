import { describe, expect, it } from 'vitest';
import { judge, type Sample } from '../../bench/workloads/soak';

/** 10,000 steps that grow by so many MiB each 1,000, after a first quarter in which caches fill. */
const samples = (growth: number, tensors: (step: number) => number = () => 99): Sample[] =>
  Array.from({ length: 100 }, (_, index) => {
    const step = 100 * (index + 1);
    return { step, loss: 1, ms: 2, rssMb: 500 - (step <= 2500 ? 100 : 0) + (growth * step) / 1000, tensors: tensors(step) };
  });

describe('the verdict on a soak', () => {
  it('counts growth in the last three quarters alone', () => {
    expect(judge(samples(0.5)).growth).toBeCloseTo(0.5);
    expect(judge(samples(0.5)).wrong).toEqual([]);
  });

  it('fails on 1 MiB in 1,000 steps', () => {
    expect(judge(samples(1.5)).wrong).toEqual(['soak: expected to grow by less than 1 MiB in 1,000 steps, got 1.50']);
  });

  it('fails on a single tensor more', () => {
    expect(judge(samples(0, (step) => (step === 9000 ? 100 : 99))).wrong).toEqual([
      'soak: expected the same number of tensors throughout, got 99 to 100',
    ]);
  });
});
