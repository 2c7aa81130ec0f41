/** Rows for reading. */

import type { Measured } from './row';
import { quantile } from './statistics';
import { versus } from './versus';

const columns = ['workload', 'engine', 'threads', 'min ms', 'median ms', 'p95 ms', 'MiB'] as const;

export function table(measured: readonly Measured[]): string {
  const cells = measured.map(({ row, samples }) => [
    row.workload,
    row.engine,
    `${row.threads}`,
    digits(row.ms.min),
    digits(row.ms.median),
    digits(quantile(samples, 0.95)),
    `${row.rssMb}`,
  ]);
  const widths = columns.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ');
  const ratios = versus(measured.map(({ row }) => row)).map(
    ({ workload, threads, min, median, memory }) =>
      `${workload}, ${threads} thread${threads === 1 ? '' : 's'}: ours over the best of PyTorch ${min.toFixed(2)} (min), ${median.toFixed(2)} (median), memory ${memory.toFixed(2)}`,
  );
  return [line(columns), ...cells.map(line), ...ratios, ''].map((text) => `${text.trimEnd()}\n`).join('');
}

/** Three digits, whole parts never cut. */
const digits = (ms: number): string => ms.toFixed(Math.max(0, 2 - Math.floor(Math.log10(ms))));
