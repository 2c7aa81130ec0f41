/**
 * Runs one notebook in a kernel of its own and keeps what it put out, also when it fails: the executed copy is written after
 * every cell that ends badly and at the end, whole or not at all.
 */
import { dirname, resolve } from 'node:path';
import { type Kernel, KernelDied, startKernel } from './client';
import type { Message } from './message';
import { type CodeCell, isCode, type Notebook, readNotebook, tagsOf, writeNotebook } from './notebook';
import { addOutput, type DisplayIds, errorOutput } from './outputs';
import { type Given, withParameters } from './parameters';

export type CellStatus = 'ok' | 'failed' | 'timeout' | 'died' | 'interrupted' | 'not run';

export type CellReport = {
  /** Counted from 1 over all cells, as a reader counts them. */
  readonly cell: number;
  readonly id: string;
  readonly status: CellStatus;
  readonly seconds: number;
  /** Name and message, without colours. */
  readonly error?: string;
  readonly traceback?: string;
};

export type NotebookReport = {
  readonly notebook: string;
  readonly executed: string;
  readonly status: Exclude<CellStatus, 'not run'>;
  readonly seconds: number;
  readonly parameters: Given;
  readonly cells: readonly CellReport[];
};

export type RunOptions = {
  readonly path: string;
  /** Where the executed copy goes. */
  readonly executed: string;
  readonly parameters?: Given;
  /** For each cell; no limit where undefined. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal;
  readonly onCell?: (cell: number, of: number) => void;
};

const AFTER_INTERRUPT_MS = 5000;
const LATE_ERRORS_MS = 1000;

export async function runNotebook({ path, executed, parameters = {}, timeoutMs, signal, onCell }: RunOptions): Promise<NotebookReport> {
  const notebook = cleared(withParameters(readNotebook(path), parameters));
  const began = Date.now();
  const reports: CellReport[] = [];
  const code = notebook.cells
    .map((cell, index) => ({ cell, index }))
    .filter((one): one is { cell: CodeCell; index: number } => isCode(one.cell));
  const displays: DisplayIds = new Map();
  let kernel: Kernel | undefined;
  let failed: CellReport | undefined;
  try {
    kernel = await startKernel({ cwd: dirname(resolve(path)) });
    await kernel.execute('', { silent: true }); // compiler and backend start: not in the first cell's time
    const late = lateErrors(kernel, displays);
    for (const { cell, index } of code) {
      if (signal?.aborted) break;
      onCell?.(index + 1, notebook.cells.length);
      const report = await runCell(kernel, cell, index, displays, { timeoutMs, signal, late });
      reports.push(report);
      if (report.status === 'ok') continue;
      failed = report;
      break;
    }
    if (!failed && !signal?.aborted) {
      await kernel.settled(LATE_ERRORS_MS);
      for (const { cell, index } of code) {
        const error = raisesException(cell) ? undefined : late.errorOf(cell);
        const at = reports.findIndex((report) => report.cell === index + 1);
        if (error && at >= 0 && reports[at]!.status === 'ok') reports[at] = failed = { ...reports[at]!, status: 'failed', ...error };
      }
    }
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    failed ??= { cell: reports.at(-1)?.cell ?? 1, id: '', status: 'died', seconds: 0, error: error.message };
  } finally {
    await kernel?.shutdown();
    writeNotebook(executed, notebook);
  }
  const missing = code
    .slice(reports.length)
    .map(({ cell, index }): CellReport => ({ cell: index + 1, id: cell.id, status: 'not run', seconds: 0 }));
  const status = failed ? (failed.status as NotebookReport['status']) : signal?.aborted ? 'interrupted' : 'ok';
  return { notebook: path, executed, status, seconds: since(began), parameters, cells: [...reports, ...missing] };
}

type Late = {
  readonly start: (cell: CodeCell, id: string) => void;
  readonly errorOf: (cell: CodeCell) => { error: string; traceback: string } | undefined;
};
type CellOptions = { readonly timeoutMs: number | undefined; readonly signal: AbortSignal | undefined; readonly late: Late };

/** What cells put out after they have ended, errors above all: found by the request that each message belongs to. */
function lateErrors(kernel: Kernel, displays: DisplayIds): Late {
  const cells = new Map<string, CodeCell>();
  const errors = new Map<CodeCell, { error: string; traceback: string }>();
  kernel.onPublished((message) => {
    const cell = cells.get(message.parent.msg_id ?? '');
    if (!cell) return;
    addOutput(cell, message, displays);
    if (message.header.msg_type === 'error') errors.set(cell, errorText(message.content));
  });
  return { start: (cell, id) => void cells.set(id, cell), errorOf: (cell) => errors.get(cell) };
}

async function runCell(kernel: Kernel, cell: CodeCell, index: number, _displays: DisplayIds, options: CellOptions): Promise<CellReport> {
  const { timeoutMs, signal, late } = options;
  const began = Date.now();
  const expected = raisesException(cell);
  const report = (status: CellStatus, more: Partial<CellReport> = {}): CellReport => ({
    cell: index + 1,
    id: cell.id,
    status,
    seconds: since(began),
    ...more,
  });

  let ended: 'timeout' | 'interrupted' | undefined;
  let kill: NodeJS.Timeout | undefined;
  const end = (why: 'timeout' | 'interrupted') => (): void => {
    ended ??= why;
    void kernel.interrupt().catch(() => {});
    kill ??= setTimeout(kernel.kill, AFTER_INTERRUPT_MS);
  };
  const limit = timeoutMs === undefined ? undefined : setTimeout(end('timeout'), timeoutMs);
  const onAbort = end('interrupted');
  signal?.addEventListener('abort', onAbort);
  try {
    const { reply } = await kernel.execute(cell.source, { stopOnError: !expected, onStart: (id) => late.start(cell, id) });
    cell.execution_count = (reply.execution_count as number | undefined) ?? null;
    if (ended) return report(ended, { error: endedText(ended, timeoutMs) });
    if (reply.status === 'ok') return report('ok');
    return expected ? report('ok') : report('failed', errorText(reply));
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    const status = ended ?? 'died';
    const text = ended ? endedText(ended, timeoutMs) : error.message;
    cell.outputs.push(errorOutput(error.name, text));
    return report(status, { error: text });
  } finally {
    clearTimeout(limit);
    clearTimeout(kill);
    signal?.removeEventListener('abort', onAbort);
    if (ended) cell.metadata.tags = [...new Set([...tagsOf(cell), ended])];
  }
}

const endedText = (why: 'timeout' | 'interrupted', timeoutMs: number | undefined): string =>
  why === 'timeout' ? `the cell ran longer than ${(timeoutMs ?? 0) / 1000} s and was interrupted` : 'interrupted';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a colour
const plain = (text: string): string => text.replaceAll(/\x1b\[\d+m/g, '');

function errorText({ ename, evalue, traceback }: Message['content']): { error: string; traceback: string } {
  return { error: `${ename}: ${evalue}`, traceback: plain((Array.isArray(traceback) ? traceback : []).join('\n')) };
}

function cleared(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      isCode(cell) ? { ...cell, metadata: { ...cell.metadata }, execution_count: null, outputs: [] } : cell,
    ),
  };
}

const raisesException = (cell: CodeCell): boolean => tagsOf(cell).includes('raises-exception');

const since = (began: number): number => Math.round(Date.now() - began) / 1000;
