import { describe, expect, it } from 'vitest';
import { rowSchema } from '../../bench/row';
import { fovea } from './fovea';

describe('fovea bench', () => {
  it('answers an unknown workload in one line that names those there are, with exit code 2', async () => {
    const { code, stdout, stderr } = await fovea('bench', 'nosuch');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^fovea bench: nosuch: no such workload; there are accuracy, attention-196, .*vit\n$/);
  });

  it('times the smallest workload, compiled and eager, and prints an array of rows', async () => {
    const { code, stdout, stderr } = await fovea('bench', 'tiny', '--json');
    expect({ code, wrong: stderr.match(/wrong: .*/g) }).toEqual({ code: 0, wrong: null });
    const rows = (JSON.parse(stdout) as unknown[]).map((row) => rowSchema.parse(row));
    expect(rows.map(({ workload, engine, threads }) => ({ workload, engine, threads }))).toEqual([
      { workload: 'tiny', engine: 'fovea compiled', threads: 1 },
      { workload: 'tiny', engine: 'fovea eager', threads: 1 },
    ]);
    for (const { ms, rssMb } of rows) {
      expect(ms.min).toBeLessThanOrEqual(ms.median);
      expect(rssMb).toBeGreaterThan(50);
    }
  });
});
