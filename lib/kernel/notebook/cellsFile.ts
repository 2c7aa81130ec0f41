/** The code cells of a notebook, one below the other, as one TypeScript file, and where a place of it is in the notebook. */
import { type CodeCell, isCode, type Notebook } from './notebook';

export type CellPlace = { readonly cell: number; readonly line: number; readonly column: number };

export type CellsFile = {
  readonly text: string;
  /** Line and column of the file, both counted from 0; those of the cell are counted from 1. */
  readonly placeOf: (line: number, column: number) => CellPlace;
};

const FIRST = 'export {};\n'; // a module, so that await is allowed at its top

/** Of cells for which `textOf` is undefined nothing is in the file. */
export function cellsFile(notebook: Notebook, textOf: (cell: CodeCell) => string | undefined): CellsFile {
  const starts: { cell: number; line: number }[] = [];
  let text = FIRST;
  let lines = 1;
  for (const [index, cell] of notebook.cells.entries()) {
    const source = isCode(cell) ? textOf(cell) : undefined;
    if (source === undefined) continue;
    starts.push({ cell: index + 1, line: lines });
    const added = `${source.replace(/\n$/, '')}\n;\n`; // a cell may end without a semicolon
    text += added;
    lines += added.split('\n').length - 1;
  }
  return {
    text,
    placeOf: (line, column) => {
      const start = starts.filter((one) => one.line <= line).at(-1) ?? { cell: 1, line };
      return { cell: start.cell, line: line - start.line + 1, column: column + 1 };
    },
  };
}
