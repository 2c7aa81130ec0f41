import { describe, expect, it } from 'vitest';
import { ratios } from '../../bench/figure';
import type { Row } from '../../bench/row';
import { summary } from '../../bench/summary';

const row = (workload: string, engine: string, min: number, median: number, rssMb: number): Row => ({
  workload,
  engine,
  threads: 2,
  ms: { min, median },
  rssMb,
  versions: {},
});
const rows = [
  row('resnet20', 'fovea compiled', 160, 170, 600),
  row('resnet20', 'tfjs-node stock', 990, 1020, 2000),
  row('resnet20', 'torch channels-last fused', 180, 190, 600),
  row('resnet20', 'torch compile', 200, 170, 800),
  row('pipeline', 'fovea', 6, 8.5, 100),
];

describe('the summary', () => {
  it('compares with the best of PyTorch in each measure, with stock tfjs-node, and the pipeline with a step', () => {
    expect(summary(rows)).toEqual([
      'resnet20, 2 threads: ours over the best of PyTorch 0.89 (least time), 1.00 (median), 1.00 (memory)',
      'resnet20, 2 threads: 6.0 times as fast as stock tfjs-node (median)',
      'pipeline: 5.0 % of a step of resnet20, 2 threads',
    ]);
  });

  it('is silent about what was not measured', () => {
    expect(summary(rows.slice(0, 1))).toEqual([]);
    expect(ratios(rows.slice(0, 1))).toBeUndefined();
  });

  it('is drawn with its numbers in words', () => {
    const figure = ratios(rows)!;
    expect(figure.description).toBe(
      'Ours over the best of PyTorch: resnet20, 2 threads: 1.00 · 0.89 · 1.00 (median time, least time, peak memory).',
    );
    expect(figure.data).toHaveLength(3);
  });
});
