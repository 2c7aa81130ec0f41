/**
 * The stack of every error, also where a cell prints it or reads it: places in cells as they were written, in the library and
 * in TypeScript files as their source maps say. What called the cell is left out.
 */
import { findSourceMap } from 'node:module';
import { dirname, join } from 'node:path';
import type { CellSources } from '../cells/cellSources';

const CELL = /^In\[(-?\d+)\]$/;
const KERNEL = join(dirname(__dirname), '/');
const DEPTH = 50; // else the cell's own frame is cut off below those of tfjs

type Prepare = (error: Error, sites: NodeJS.CallSite[]) => unknown;
let other: Prepare | undefined; // packages put their own in place for a moment

export function installStacks(sources: CellSources): void {
  Error.stackTraceLimit = DEPTH;
  const ours: Prepare = (error, sites) => [headOf(error), ...framesOf(sites, sources)].join('\n    at ');
  Object.defineProperty(Error, 'prepareStackTrace', {
    configurable: true,
    get: () => other ?? ours,
    set: (value: Prepare | undefined) => {
      other = value === ours ? undefined : value;
    },
  });
}

/** False while a cell has put its own in place: what a stack says of cells is then not what was written. */
export const stacksAreOurs = (): boolean => other === undefined;

function headOf(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error'; // of an error whose name or message throws
  }
}

function framesOf(sites: readonly NodeJS.CallSite[], sources: CellSources): string[] {
  const frames: string[] = [];
  for (const site of sites) {
    const file = site.getFileName();
    const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
    const text = String(site).replace(/^Proxy\./, ''); // a function of a cell is called as a property of what cells declare
    if (file === null || file === undefined || line === null || column === null) {
      frames.push(text);
      continue;
    }
    if (file.startsWith(KERNEL)) continue;
    const cell = CELL.exec(file);
    const place = cell ? cellPlace(sources, Number(cell[1]), line, column) : filePlace(file, line, column);
    if (cell && !place) break; // the function around a cell: what called it is the kernel
    frames.push(place ? text.replace(`${file}:${line}:${column}`, place) : text);
  }
  return frames;
}

function cellPlace(sources: CellSources, cell: number, line: number, column: number): string | undefined {
  const place = sources.place(cell, line, column);
  return place && `In[${cell}]:${place.line}:${place.column}`;
}

function filePlace(file: string, line: number, column: number): string | undefined {
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1) as
    | { originalSource?: string; originalLine: number; originalColumn: number }
    | undefined;
  return entry?.originalSource && `${entry.originalSource.replace(/^file:\/\//, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}
