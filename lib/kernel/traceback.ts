/**
 * What a failed cell shows: the error, the frames of the cell and of the library with TypeScript lines, and the source where
 * it happened. Frames of Node and of the kernel itself are left out.
 *
 *   RangeError: linear: expected rank 2, got 3
 *       at linear (lib/layers/linear.ts:24:11)
 *       at In[3]:2:3
 *     -->   2 | linear(x);
 *                 ^
 */
import { inspect } from 'node:util';
import type { Diagnostic } from 'tslab/dist/converter.js';
import { type CellSources, cellFile, type Place } from './cellSources';

/** The content of Jupyter's `error` message. */
export type ErrorContent = { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };

const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const DIM = '\x1b[2m';
const OFF = '\x1b[0m';

const MACHINERY =
  /node:|tfjs-core[\\/]src[\\/](engine|globals)\.ts|[\\/]lib[\\/](dist[\\/])?kernel[\\/]|[\\/]tslab[\\/]dist[\\/]|^\s+at Proxy\.<anonymous>|__pause__/;
const CELL_FRAME = /In\[(\d+)\]:(\d+)(?::(\d+))?/;

export const INTERRUPTED: ErrorContent = {
  ename: 'KeyboardInterrupt',
  evalue: 'interrupted',
  traceback: [`${RED}KeyboardInterrupt${OFF}: interrupted`],
};

export function errorContent(error: unknown, sources: CellSources, root: string): ErrorContent {
  const lines: string[] = [];
  describe(error, sources, root, lines);
  return { ...nameOf(error), traceback: lines };
}

function describe(error: unknown, sources: CellSources, root: string, lines: string[], seen: Set<unknown> = new Set()): void {
  seen.add(error);
  const { ename, evalue } = nameOf(error);
  lines.push(evalue === '' ? `${RED}${ename}${OFF}` : `${RED}${ename}${OFF}: ${evalue}`);
  if (!(error instanceof Error || isErrorLike(error))) return;
  let excerpt: Place | undefined;
  for (const frame of frames(error)) {
    const found = CELL_FRAME.exec(frame);
    if (!found) {
      if (!MACHINERY.test(frame)) lines.push(`    ${frame.trim().replaceAll(`${root}/`, '').replace('at Proxy.', 'at ')}`);
      continue;
    }
    const place = sources.place(Number(found[1]), Number(found[2]), Number(found[3] ?? 0));
    if (!place) continue; // the wrapper around a cell, which is no line of it
    const shown = frame.trim().replace(found[0], `${GREEN}${cellFile(place.cell)}:${place.line}:${place.column}${OFF}`);
    lines.push(`    ${shown.replace('at Proxy.', 'at ')}`);
    excerpt ??= place;
  }
  if (excerpt) lines.push(...sourceExcerpt(excerpt));
  for (const inner of innerErrors(error)) {
    if (seen.has(inner)) continue;
    lines.push(`${DIM}caused by${OFF}`);
    describe(inner, sources, root, lines, seen);
  }
}

/** A cell that TypeScript refused: each message with its place and its line. */
export function refusedContent(diagnostics: readonly Diagnostic[], cell: number, sources: CellSources): ErrorContent {
  const source = sources.source(cell);
  const traceback = [`${RED}TypeScriptError${OFF}: the cell was not run`];
  let before = '';
  for (const { start, messageText, fileName, code } of diagnostics) {
    const line = start.line + 1;
    const column = start.character + 1;
    const at = `${fileName ?? cellFile(cell)}:${line}:${column}`;
    if (at === before) {
      traceback.push(`    ${messageText}`); // the next link of the chain of reasons
      continue;
    }
    before = at;
    traceback.push(`${GREEN}${at}${OFF} ${messageText} ${DIM}(TS${code})${OFF}`);
    if (fileName === undefined) traceback.push(...sourceExcerpt({ cell, line, column, source }));
  }
  const first = diagnostics[0]!;
  const where = first.fileName === undefined ? '' : `${first.fileName}:`;
  return {
    ename: 'TypeScriptError',
    evalue: `${where}${first.start.line + 1}:${first.start.character + 1} ${first.messageText}`,
    traceback,
  };
}

function sourceExcerpt({ line, column, source }: Place): string[] {
  const lines: string[] = [];
  for (let at = Math.max(1, line - 1); at <= Math.min(source.length, line + 1); at++) {
    const text = `${String(at).padStart(4)} | ${source[at - 1]}`;
    lines.push(at === line ? `${GREEN}  -->${OFF}${text}` : `${DIM}     ${text}${OFF}`);
    if (at === line) lines.push(`${GREEN}${' '.repeat(5 + 7 + column - 1)}^${OFF}`);
  }
  return lines;
}

function frames(error: { stack?: unknown }): string[] {
  return String(error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
}

function nameOf(error: unknown): { ename: string; evalue: string } {
  if (!isErrorLike(error)) return { ename: 'Thrown', evalue: inspect(error, { depth: 2 }) };
  const type = error.name || error.constructor?.name || 'Error';
  return { ename: type, evalue: String(error.message) };
}

type ErrorLike = { name?: string; message: unknown; stack?: unknown; cause?: unknown; errors?: unknown };

const isErrorLike = (value: unknown): value is ErrorLike =>
  typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;

function innerErrors(error: ErrorLike): unknown[] {
  const several = Array.isArray(error.errors) ? error.errors : [];
  return error.cause === undefined ? several : [...several, error.cause];
}
