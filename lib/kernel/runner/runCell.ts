/** Runs one cell, and ends it where it takes longer than it may or the run is interrupted: first kindly, then with its kernel. */

import { type CodeCell, tagsOf } from '../notebook/notebook';
import { errorOutput } from '../notebook/outputs';
import { type Kernel, KernelDied } from '../protocol/client';
import type { CellOutputs } from './cellOutputs';
import { LARGEST_MB } from './cellOutputs';
import { type CellReport, type CellStatus, type ErrorText, errorText, secondsSince } from './cellReport';

export type CellOptions = {
  /** No limit where undefined. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
};

const KILL_MS = { timeout: 5000, interrupted: 4000 } as const; // after the interrupt

export async function runCell(
  kernel: Kernel,
  cell: CodeCell,
  index: number,
  outputs: CellOutputs,
  { timeoutMs, signal }: CellOptions,
): Promise<CellReport> {
  const began = Date.now();
  let ended: 'timeout' | 'interrupted' | undefined;
  let kill: NodeJS.Timeout | undefined;
  const end = (why: 'timeout' | 'interrupted') => (): void => {
    ended ??= why;
    void kernel.interrupt().catch(() => {}); // it may be dead already
    kill ??= setTimeout(kernel.kill, KILL_MS[why]);
  };
  const limit = timeoutMs === undefined ? undefined : setTimeout(end('timeout'), timeoutMs);
  const onAbort = end('interrupted');
  signal?.addEventListener('abort', onAbort);

  const report = (status: CellStatus, more: Partial<ErrorText> = {}): CellReport => {
    if (status !== 'ok') cell.metadata.fovea = { status };
    return { cell: index + 1, id: cell.id, status, seconds: secondsSince(began), ...more };
  };
  const failed = (name: string, status: CellStatus, text: string): CellReport => {
    cell.outputs.push(errorOutput(name, text));
    return report(status, { error: text });
  };
  try {
    const onStart = (id: string): void => outputs.start(cell, id);
    const { reply, lost } = await kernel.execute(cell.source, { stopOnError: !mayRaise(cell), keep: false, onStart });
    cell.execution_count = (reply.execution_count as number | undefined) ?? null;
    if (ended === 'timeout') return failed('CellTimeout', ended, `${tooLong(timeoutMs)} and was interrupted`);
    if (ended) return report(ended, { error: 'interrupted' });
    if (lost > 0) return failed('OutputLost', 'failed', lostText(lost));
    if (outputs.isTooMuch(cell)) return failed('OutputTooLarge', 'failed', `the notebook's output has more than ${LARGEST_MB} MB`);
    return reply.status === 'ok' || mayRaise(cell) ? report('ok') : report('failed', errorText(reply));
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    if (ended === 'timeout') return failed('CellTimeout', ended, `${tooLong(timeoutMs)} and did not end: its kernel was killed`);
    if (ended) return failed('KernelDied', ended, 'the cell did not end when it was interrupted: its kernel was killed');
    return failed(error.name, 'died', error.message);
  } finally {
    clearTimeout(limit);
    clearTimeout(kill);
    signal?.removeEventListener('abort', onAbort);
  }
}

const tooLong = (timeoutMs: number | undefined): string => `the cell ran longer than ${(timeoutMs ?? 0) / 1000} s`;

export const lostText = (lost: number): string => `${lost} of the kernel's messages, which carry the output, did not arrive`;

/** nbclient's meaning of the tag: it may raise, and need not. */
export const mayRaise = (cell: CodeCell): boolean => tagsOf(cell).includes('raises-exception');
