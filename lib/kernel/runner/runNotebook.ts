/**
 * Runs one notebook in a kernel of its own and keeps what it put out, also when it fails. The run is ok only when every cell
 * is: none raised, none left something behind that raised later, and no output was lost.
 */
import { dirname, relative, resolve } from 'node:path';
import { type CodeCell, isCode, type Notebook, readNotebook } from '../notebook/notebook';
import { errorOutput } from '../notebook/outputs';
import { type Given, givenValues, withParameters } from '../notebook/parameters';
import { type Kernel, KernelDied, startKernel } from '../protocol/client';
import { type CellOutputs, cellOutputs } from './cellOutputs';
import { type CellReport, type NotebookReport, secondsSince } from './cellReport';
import { papermillRecord } from './papermillRecord';
import { lostText, mayRaise, runCell } from './runCell';
import { savedCopy } from './savedCopy';

export type { CellReport, CellStatus, NotebookReport } from './cellReport';

export type RunOptions = {
  readonly path: string;
  /** Where the executed copy goes. */
  readonly executed: string;
  readonly parameters?: Given;
  /** For each cell; no limit where undefined. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal;
  /** For its kernel. */
  readonly env?: Readonly<Record<string, string>>;
  /** Before a cell is run: which it is, counted from 1 over all, and of how many. */
  readonly onCell?: (cell: { readonly cell: number; readonly of: number; readonly id: string }) => void;
};

const LATE_ERRORS_MS = 1000;
const SHUTDOWN_MS = 1000; // of an interrupted run

export async function runNotebook(options: RunOptions): Promise<NotebookReport> {
  const { path, executed, parameters = {}, timeoutMs, signal, env = {}, onCell } = options;
  const found = readNotebook(path);
  const values = givenValues(found, parameters);
  const notebook = cleared(withParameters(found, parameters));
  const began = Date.now();
  const code = notebook.cells
    .map((cell, index) => ({ cell, index }))
    .filter((one): one is { cell: CodeCell; index: number } => isCode(one.cell));
  const paths = { input: relative(process.cwd(), path), output: relative(process.cwd(), executed) };
  const record = papermillRecord(notebook, values, paths);
  const outputs = cellOutputs();
  const copy = savedCopy(executed, notebook);
  const reports: CellReport[] = [];
  let kernel: Kernel | undefined;
  let kernelDied = false;

  const ended = (): boolean => reports.some(({ status }) => status !== 'ok') || signal?.aborted === true;
  const fail = (at: number, failure: Partial<CellReport>): void => {
    const { cell, index } = code[at]!;
    record.cellFailed(cell);
    cell.metadata.fovea = { status: failure.status ?? 'failed' };
    reports[at] = { cell: index + 1, id: cell.id, seconds: reports[at]?.seconds ?? 0, status: 'failed', ...failure };
  };
  /** The cell that left behind what raised, while another was running or after the last. */
  const failLate = (): void => {
    const at = reports.findIndex(({ status }, one) => status === 'ok' && lateError(code[one]!.cell, outputs) !== undefined);
    if (at >= 0) fail(at, lateError(code[at]!.cell, outputs)!);
  };

  copy.save();
  try {
    if (code.length > 0 && !ended()) {
      kernel = await start(dirname(resolve(path)), env, signal);
      kernel.onPublished(outputs.add);
    }
    for (const { cell, index } of code) {
      if (ended()) break;
      onCell?.({ cell: index + 1, of: notebook.cells.length, id: cell.id });
      record.cellStarted(cell);
      const report = await runCell(kernel!, cell, index, outputs, { timeoutMs, signal });
      reports.push(report);
      record.cellEnded(cell, report.status !== 'ok');
      failLate();
      copy.soon();
    }
    if (kernel && !ended()) {
      const lost = await kernel.settled(LATE_ERRORS_MS);
      failLate();
      if (lost > 0 && !ended()) fail(reports.length - 1, { error: lostText(lost) });
    }
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    const stopped = signal?.aborted === true && kernel === undefined; // while it was starting
    kernelDied = !stopped;
    const at = Math.max(0, reports.length - 1); // the last that ran may have left behind what ended it
    if (kernelDied) {
      code[at]!.cell.outputs.push(errorOutput(error.name, error.message));
      fail(at, { status: 'died', error: error.message });
    }
  } finally {
    kernelDied ||= kernel?.isDead() === true;
    await kernel?.shutdown(signal?.aborted ? SHUTDOWN_MS : undefined);
    copy.close();
    record.ended(reports.length < code.length || ended());
    copy.save();
  }

  const failure = reports.find(({ status }) => status !== 'ok');
  const status = failure?.status ?? (reports.length < code.length ? 'interrupted' : 'ok');
  const missing = code
    .slice(reports.length)
    .map(({ cell, index }): CellReport => ({ cell: index + 1, id: cell.id, status: 'not run', seconds: 0 }));
  const problem = copy.problem();
  return {
    notebook: path,
    executed,
    status: problem !== undefined && status === 'ok' ? 'failed' : status,
    seconds: secondsSince(began),
    parameters: values,
    kernelDied,
    ...(problem !== undefined && { error: problem }),
    cells: [...reports, ...missing],
  };
}

/** A kernel whose compiler and backend have started: that is not in the first cell's time. */
async function start(cwd: string, env: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<Kernel> {
  const kernel = await startKernel({ cwd, env, signal });
  signal?.addEventListener('abort', kernel.kill);
  if (signal?.aborted) kernel.kill();
  await kernel.execute('', { silent: true });
  signal?.removeEventListener('abort', kernel.kill);
  return kernel;
}

const lateError = (cell: CodeCell, outputs: CellOutputs): Partial<CellReport> | undefined =>
  mayRaise(cell) ? undefined : outputs.errorOf(cell);

/** A copy without what an earlier run has left in it. */
function cleared(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) => {
    const { fovea: _, ...metadata } = cell.metadata;
    return isCode(cell) ? { ...cell, metadata, execution_count: null, outputs: [] } : cell;
  });
  return { ...notebook, metadata: { ...notebook.metadata }, cells };
}
