/**
 * The frames of a stack that a reader can do something with: those of cells, with the lines as they were written, of the
 * library and of other packages. Frames of Node, of the kernel and of the inside of tfjs are left out.
 */
import { join, resolve } from 'node:path';
import type { CellSources, Place } from '../cells/cellSources';
import { bold } from './bold';

export type Frames = {
  readonly lines: readonly string[];
  /** The innermost place in a cell. */
  readonly place: Place | undefined;
};

const CELL = /In\[(-?\d+)\]:(\d+):(\d+)/;
const INSIDE = /\(?node:|[\\/]tslab[\\/]dist[\\/]|[\\/]tfjs-[\w-]+[\\/](?:src|dist)[\\/]/;
const OPERATION = /[\\/]tfjs-core[\\/](?:src|dist)[\\/]ops[\\/](?!operation\.)/; // says which operation it was
const NOWHERE = /\(<anonymous>\)$|\(index \d+\)$/; // `at Array.map (<anonymous>)`

/** The kernel's own files, as they run and as source maps name them. */
const KERNEL = [resolve(__dirname, '..'), resolve(__dirname, '../../../kernel')].map((folder) => join(folder, '/'));

const SHOWN = 20;
const FIRST = 12;

export function shownFrames(frames: readonly string[], sources: CellSources, root: string): Frames {
  const lines: string[] = [];
  let place: Place | undefined;
  let waiting: string[] = []; // frames without a place, shown where one with a place follows
  for (const frame of frames) {
    const found = CELL.exec(frame);
    const at = found ? placeIn(found, sources) : undefined;
    if (found ? !at : isInside(frame)) continue;
    const text = readable(frame, root);
    if (NOWHERE.test(text)) {
      waiting.push(text);
      continue;
    }
    lines.push(...waiting, found && at ? text.replace(found[0], `${bold(found[0])}`) : text);
    waiting = [];
    place ??= at;
  }
  return { lines: shortened(lines).map((line) => `    ${line}`), place };
}

/** Undefined for the function around a cell, which is no line of it. */
function placeIn([, cell, line, column]: readonly string[], sources: CellSources): Place | undefined {
  const [number, row, at] = [Number(cell), Number(line), Number(column)];
  const source = sources.source(number);
  return row <= source.length ? { cell: number, line: row, column: at, source } : undefined;
}

const isInside = (frame: string): boolean =>
  (INSIDE.test(frame) && !OPERATION.test(frame)) || KERNEL.some((folder) => frame.includes(folder));

function readable(frame: string, root: string): string {
  return frame.trim().replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, '');
}

/** A recursion shows its line once; of many frames the first and the last are shown. */
function shortened(lines: readonly string[]): string[] {
  const runs: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.line === line) last.times++;
    else runs.push({ line, times: 1 });
  }
  const texts = runs.map(({ line, times }) => (times === 1 ? line : `${line} (${times} times)`));
  if (texts.length <= SHOWN) return texts;
  const left = SHOWN - FIRST - 1;
  return [...texts.slice(0, FIRST), `... ${texts.length - FIRST - left} more frames`, ...texts.slice(-left)];
}
