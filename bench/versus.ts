/** Ours over PyTorch's best: the compiled step over the smallest of PyTorch's variants, each measure by itself. Below 1 is ours. */
import type { Row } from './row';

export type Versus = {
  readonly workload: string;
  readonly threads: number;
  readonly min: number;
  readonly median: number;
  readonly memory: number;
};

export function versus(rows: readonly Row[]): Versus[] {
  return rows
    .filter(({ engine }) => engine === 'fovea compiled')
    .flatMap((ours): Versus[] => {
      const { workload, threads } = ours;
      const theirs = rows.filter((row) => row.workload === workload && row.threads === threads && row.engine.startsWith('torch'));
      if (theirs.length === 0) return [];
      const over = (measure: (row: Row) => number): number => measure(ours) / Math.min(...theirs.map(measure));
      return [
        { workload, threads, min: over(({ ms }) => ms.min), median: over(({ ms }) => ms.median), memory: over(({ rssMb }) => rssMb) },
      ];
    });
}
