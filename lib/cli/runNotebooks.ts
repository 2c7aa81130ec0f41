/** Runs the notebooks of a plan, some at once, each in a kernel of its own; reports are written also of what failed. */
import { rmSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { exportNotebook } from '../display/exportNotebook';
import { writeWhole } from '../display/write';
import { isCode, isObject, readNotebook } from '../kernel/notebook/notebook';
import { type CellReport, runNotebook } from '../kernel/runner/runNotebook';
import { interruption } from './interruption';
import { junit } from './junit';
import type { Job } from './runPlan';
import { type Progress, runProgress, type Times } from './runProgress';
import { type Finished, lastTimes, newTimes, notRun, type RunReport, reportPath, reportText, runReport, writeReport } from './runReport';

export type RunSettings = {
  readonly out: string;
  /** Another folder whose reports tell how long cells take. */
  readonly usualOut: string;
  /** How many notebooks run at once. */
  readonly atOnce: number;
  readonly timeoutMs: number | undefined;
  readonly json: boolean;
};

type Parts = RunSettings & { readonly signal: AbortSignal; readonly progress: Progress; readonly env: Record<string, string> };

export async function runNotebooks(jobs: readonly Job[], settings: RunSettings): Promise<RunReport> {
  const { out, usualOut, atOnce, json } = settings;
  const times = jobs.map((job) => lastTimes(job, [out, usualOut]));
  // an earlier run's must not be taken for this one's, should this one be killed
  for (const path of [reportPath(out), junitPath(out), ...jobs.map(({ folder }) => reportPath(folder))]) rmSync(path, { force: true });

  const progress = runProgress(process.stderr);
  const stop = interruption(
    () => progress.say('interrupted: running cells are ended and reports written; once more ends at once'),
    (exitCode) => json && sayNow(reportText({ ok: false, exitCode, error: 'interrupted twice: ended at once' })),
  );
  const parts: Parts = { ...settings, signal: stop.signal, progress, env: threads(Math.min(atOnce, jobs.length)) };
  const finished = jobs.map((job, at) => notRun(job, times[at]!));
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < jobs.length && !stop.signal.aborted; at = next++)
      finished[at] = await runOne(jobs[at]!, times[at]!, parts).catch((error: unknown) => {
        progress.end(jobs[at]!.name, `FAILED, ${reason(error)}`);
        return notRun(jobs[at]!, times[at]!, reason(error));
      });
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
    return written(out, runReport(finished, stop.code()), progress);
  } finally {
    progress.close();
    stop.close();
  }
}

/** The report, which says also that it could not be written. */
function written(out: string, report: RunReport, { say }: Progress): RunReport {
  try {
    writeReport(out, report);
    writeWhole(junitPath(out), junit(report.notebooks));
    return report;
  } catch (error) {
    say(reason(error));
    return runReport(report.notebooks, report.exitCode || undefined, reason(error));
  }
}

async function runOne(job: Job, times: Times, { signal, progress, timeoutMs, env }: Parts): Promise<Finished> {
  const { path, name, folder, parameters, cells } = job;
  const executed = join(folder, `${name}.ipynb`);
  progress.start(
    name,
    cells.map(({ id }) => id),
    times,
  );
  const onCell: Parameters<typeof runNotebook>[0]['onCell'] = (at) => progress.cell(name, at);
  const report = await runNotebook({ path, executed, parameters, timeoutMs, signal, env, onCell });
  const figures = signal.aborted || report.error !== undefined ? { figures: [] } : await figuresOf(executed, join(folder, 'figures'));
  const finished: Finished = { ...report, ...figures, times: newTimes(times, report.cells) };
  writeReport(folder, finished);

  const { status, seconds, error, figuresMissing } = finished;
  const failed = finished.cells.find((cell) => cell.status !== 'ok' && cell.status !== 'not run');
  progress.end(name, `${status === 'ok' ? 'ok' : status.toUpperCase()}, ${seconds.toFixed(1)} s, ${executed}`);
  if (failed) progress.say(failureText(failed));
  if (error !== undefined) progress.say(`  ${error}`);
  if (figuresMissing !== undefined) progress.say(`  figures were not written: ${figuresMissing}`);
  return finished;
}

function failureText({ cell, error, traceback = '' }: CellReport): string {
  const frames = traceback.split('\n').slice(1);
  return [`  cell ${cell}: ${error ?? 'failed'}`, ...frames.map((line) => `    ${line}`)].join('\n').trimEnd();
}

async function figuresOf(executed: string, folder: string): Promise<Pick<Finished, 'figures' | 'figuresMissing'>> {
  if (!readNotebook(executed).cells.some((cell) => isCode(cell) && cell.outputs.some(({ data }) => isObject(data) && hasFigure(data))))
    return { figures: [] };
  try {
    return { figures: await exportNotebook(executed, folder, ['svg', 'png']) };
  } catch (error) {
    return { figures: [], figuresMissing: reason(error) };
  }
}

const hasFigure = (data: object): boolean => 'application/vnd.vegalite.v5+json' in data || 'application/vnd.plotly.v1+json' in data;

/** Kernels side by side share the cores. */
function threads(kernels: number): Record<string, string> {
  if (kernels < 2 || process.env.FOVEA_THREADS !== undefined) return {};
  return { FOVEA_THREADS: String(Math.max(1, Math.floor(availableParallelism() / kernels))) };
}

function sayNow(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // nobody reads any more
  }
}

const junitPath = (out: string): string => join(out, 'junit.xml');
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
