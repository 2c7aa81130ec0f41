import { describe, expect, it } from 'vitest';
import { measured, rowSchema } from '../../bench/row';

const timed = {
  workload: 'resnet20',
  engine: 'fovea compiled',
  threads: 2,
  samples: [4, 2.00049, 3],
  rssMb: 700,
  versions: { node: 'v20' },
  before: { processor: '2 x CPU', load: 0.126 },
  after: { processor: '2 x CPU', load: 1 },
};

describe('a row of the bench', () => {
  it('has least and median of the times to the microsecond, and what they depend on', () => {
    expect(measured(timed)).toEqual({
      row: {
        workload: 'resnet20',
        engine: 'fovea compiled',
        threads: 2,
        ms: { min: 2, median: 3 },
        rssMb: 700,
        versions: { node: 'v20', processor: '2 x CPU', load: '0.13 before, 1.00 after' },
      },
      samples: [4, 2, 3],
    });
  });

  it('has the form that others rely on, no more and no less', () => {
    const { row } = measured(timed);
    expect(rowSchema.parse(row)).toEqual(row);
    expect(rowSchema.safeParse({ ...row, threads: 0 }).success).toBe(false);
    expect(rowSchema.safeParse({ ...row, p95: 3 }).success).toBe(false);
    expect(rowSchema.safeParse({ ...row, ms: { min: 2 } }).success).toBe(false);
  });
});
