/** Rows for reading. */

import type { Measured } from './row';
import { quantile } from './statistics';

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
  return [line(columns), ...cells.map(line), ''].map((text) => text.trimEnd()).join('\n');
}

/** Three digits, whole parts never cut. */
const digits = (ms: number): string => ms.toFixed(Math.max(0, 2 - Math.floor(Math.log10(ms))));
