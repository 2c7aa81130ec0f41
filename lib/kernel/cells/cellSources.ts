/**
 * Where a position of a cell's compiled code stands in the cell as it was written. One file name a cell, `In[3]`, so that
 * a frame of a function declared three cells ago maps too.
 */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { columnWritten, type Insertion } from '../compile/unnamed';

/** From the cell to ES modules, and from these to the CommonJS that runs. */
export type CellMaps = {
  readonly toModules: TraceMap;
  readonly toCommonJs: TraceMap;
  /** What was put into the cell before it was compiled. */
  readonly insertions: readonly Insertion[];
};

export type Place = { readonly cell: number; readonly line: number; readonly column: number; readonly source: readonly string[] };

export type CellSources = {
  readonly add: (cell: number, source: string, maps: CellMaps | undefined) => void;
  readonly source: (cell: number) => readonly string[];
  /** Undefined where the position belongs to no line of the cell. */
  readonly place: (cell: number, line: number, column: number) => Place | undefined;
};

const LEAST_UPPER_BOUND = -1;
const GREATEST_LOWER_BOUND = 1;
const PREFIX_LINES = 1; // tslab puts `export {};` above each cell

export const cellFile = (cell: number): string => `In[${cell}]`;

export function readMaps(toModules: string, toCommonJs: string): CellMaps {
  return { toModules: new TraceMap(toModules), toCommonJs: new TraceMap(toCommonJs), insertions: [] };
}

export function cellSources(): CellSources {
  const cells = new Map<number, { source: readonly string[]; maps: CellMaps | undefined }>();
  return {
    add: (cell, source, maps) => void cells.set(cell, { source: source.split('\n'), maps }),
    source: (cell) => cells.get(cell)?.source ?? [],
    place: (cell, line, column) => {
      const known = cells.get(cell);
      if (!known?.maps) return undefined;
      const position = { line, column: Math.max(0, column - 1), bias: column > 0 ? GREATEST_LOWER_BOUND : LEAST_UPPER_BOUND } as const;
      const module = originalPositionFor(known.maps.toCommonJs, position);
      if (module.line === null) return undefined;
      const written = originalPositionFor(known.maps.toModules, { line: module.line, column: module.column });
      if (written.line === null || written.line <= PREFIX_LINES) return undefined;
      const at = written.line - PREFIX_LINES;
      return { cell, line: at, column: columnWritten(known.maps.insertions, at, written.column + 1), source: known.source };
    },
  };
}
