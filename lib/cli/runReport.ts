/** The report of a run and of each of its notebooks, and how long cells took when they last ran. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeWhole } from '../display/write';
import type { Values } from '../kernel/notebook/parameters';
import type { CellReport, NotebookReport } from '../kernel/runner/runNotebook';
import { EXIT, type ExitCode } from './error';
import type { Job } from './runPlan';
import type { Times } from './runProgress';

export type Finished = NotebookReport & {
  readonly figures: readonly string[];
  readonly figuresMissing?: string;
  /** Seconds by cell id, of this run or of an earlier one with the same parameters: what the next one expects. */
  readonly times: Times;
};

export type RunReport = {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  readonly error?: string;
  readonly notebooks: readonly Finished[];
};

export function runReport(notebooks: readonly Finished[], stoppedBy: ExitCode | undefined, error?: string): RunReport {
  const ok = error === undefined && notebooks.every(({ status }) => status === 'ok');
  const died = notebooks.some(({ kernelDied }) => kernelDied);
  const exitCode = stoppedBy ?? (died ? EXIT.kernelDied : ok ? EXIT.done : EXIT.failed);
  return { ok: exitCode === EXIT.done, exitCode, ...(error !== undefined && { error }), notebooks };
}

export const reportText = (report: object): string => `${JSON.stringify(report, null, 2)}\n`;

export const reportPath = (folder: string): string => join(folder, 'report.json');

export const writeReport = (folder: string, report: object): void => writeWhole(reportPath(folder), reportText(report));

/** What there is to say of a notebook that was not begun, or that could not be. */
export function notRun({ path, folder, name, values, cells }: Job, times: Times, error?: string): Finished {
  return {
    notebook: path,
    executed: join(folder, `${name}.ipynb`),
    status: error === undefined ? 'not run' : 'failed',
    seconds: 0,
    parameters: values,
    kernelDied: false,
    ...(error !== undefined && { error }),
    cells: cells.map(({ cell, id }): CellReport => ({ cell, id, status: 'not run', seconds: 0 })),
    figures: [],
    times,
  };
}

/** Of the last run of the same notebook with the same parameters, as far as one of the folders has its report. */
export function lastTimes({ path, name, values }: Job, folders: readonly string[]): Times {
  for (const folder of folders) {
    try {
      const { notebook, parameters, times } = JSON.parse(readFileSync(reportPath(join(folder, name)), 'utf8')) as Partial<Finished>;
      if (notebook && times && resolve(notebook) === resolve(path) && same(parameters, values)) return times;
    } catch {
      // none, or not ours
    }
  }
  return {};
}

const same = (a: Values = {}, b: Values): boolean => inOrder(a) === inOrder(b);
const inOrder = (values: Values): string => JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

export function newTimes(before: Times, cells: readonly CellReport[]): Times {
  const measured = cells.filter(({ status }) => status === 'ok').map(({ id, seconds }) => [id, seconds] as const);
  const kept = Object.entries(before).filter(([id]) => cells.some((cell) => cell.id === id));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(measured) };
}
