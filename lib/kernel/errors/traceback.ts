/**
 * What a failed cell shows: the error, the frames of the cell and of the library with TypeScript lines, the source where it
 * happened, what caused it, and what to do where that is known.
 *
 *   RangeError: linear: expected rank 2, got 3
 *       at linear (lib/layers/linear.ts:24:11)
 *       at In[3]:2:3
 *     -->   2 | linear(x);
 *                 ^
 */
import { inspect } from 'node:util';
import { type CellSources, cellFile, type Place } from '../cells/cellSources';
import { bold } from './bold';
import { excerpt } from './excerpt';
import { shownFrames } from './frames';
import { hintFor } from './remedy';
import { readThrown, type Thrown } from './thrown';

/** The content of Jupyter's `error` message. */
export type ErrorContent = { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };

export const INTERRUPTED: ErrorContent = {
  ename: 'KeyboardInterrupt',
  evalue: 'interrupted',
  traceback: [`${bold('KeyboardInterrupt')}: interrupted`],
};

const MOST_ERRORS = 12; // of causes and of errors together
const MOST_TOGETHER = 5;

/** `cell` is where it was thrown, for what has no frames. */
export function errorContent(error: unknown, sources: CellSources, root: string, cell?: number): ErrorContent {
  const thrown = readThrown(error);
  const state: State = { sources, root, seen: new Set(), place: undefined };
  const lines = describe(error, state);
  if (!lines.some((line) => /^ +at /.test(line)) && cell !== undefined) lines.push(`    in ${bold(cellFile(cell))}`);
  const hint = hintFor({ message: thrown.isError ? `${thrown.name}: ${thrown.message}` : 'Thrown', sources });
  if (hint !== undefined) lines.push(hint);
  return { ename: thrown.name, evalue: thrown.message, traceback: lines };
}

type State = { readonly sources: CellSources; readonly root: string; readonly seen: Set<unknown>; place: Place | undefined };

function describe(error: unknown, state: State): string[] {
  state.seen.add(error);
  const thrown = readThrown(error);
  const lines = [headline(thrown)];
  const { lines: frames, place } = shownFrames(thrown.frames ?? [], state.sources, state.root);
  lines.push(...frames);
  if (place && !samePlace(place, state.place)) lines.push(...excerpt(place));
  state.place = place ?? state.place;
  if (Object.keys(thrown.properties).length > 0) lines.push(`    ${inspect(thrown.properties, { breakLength: Number.POSITIVE_INFINITY })}`);
  for (const [index, inner] of thrown.errors.entries()) {
    if (state.seen.has(inner)) continue;
    if (index === MOST_TOGETHER || state.seen.size >= MOST_ERRORS) {
      lines.push(`  and ${thrown.errors.length - index} more`);
      break;
    }
    lines.push(`  ${index + 1} of ${thrown.errors.length}`, ...describe(inner, state).map((line) => `    ${line}`));
  }
  if (thrown.cause !== undefined && thrown.cause !== null && !state.seen.has(thrown.cause)) {
    lines.push('caused by', ...(state.seen.size < MOST_ERRORS ? describe(thrown.cause, state) : ['...']));
  }
  return lines;
}

const headline = ({ name, message }: Thrown): string => (message === '' ? `${bold(name)}` : `${bold(name)}: ${message}`);

const samePlace = (one: Place, other: Place | undefined): boolean =>
  other !== undefined && one.cell === other.cell && one.line === other.line && one.column === other.column;
