/** What a cell may ask of its notebook's kernel. The kernel puts it there: it is never imported, so that a script runs without one. */
export type CellRequests = {
  readonly clearOutput: (wait: boolean) => void;
  readonly input: (prompt: string, hidden: boolean) => Promise<string>;
};

export const CELL_REQUESTS: unique symbol = Symbol.for('fovea.cellRequests');

/** Undefined outside a kernel. */
export function cellRequests(): CellRequests | undefined {
  return (globalThis as { [CELL_REQUESTS]?: CellRequests })[CELL_REQUESTS];
}
