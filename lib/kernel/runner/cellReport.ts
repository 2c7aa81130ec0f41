/** What a run says of a cell, and of a notebook. */
import { stripVTControlCharacters } from 'node:util';
import type { Values } from '../notebook/parameters';
import type { Message } from '../protocol/message';

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
  /** That of the first cell that did not end well. */
  readonly status: CellStatus;
  readonly seconds: number;
  /** Those that were given. */
  readonly parameters: Values;
  /** Its process ended by itself, or had to be killed. */
  readonly kernelDied: boolean;
  /** What went wrong beside its cells. */
  readonly error?: string;
  readonly cells: readonly CellReport[];
};

export type ErrorText = { readonly error: string; readonly traceback: string };

export function errorText({ ename, evalue, traceback }: Message['content']): ErrorText {
  return { error: `${ename}: ${evalue}`, traceback: stripVTControlCharacters((Array.isArray(traceback) ? traceback : []).join('\n')) };
}

export const secondsSince = (began: number): number => Math.round(Date.now() - began) / 1000;
