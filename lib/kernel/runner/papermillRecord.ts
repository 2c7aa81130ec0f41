/** What papermill writes into the metadata of an executed notebook and of its cells, by the same names. */
import { type CodeCell, isCode, type JsonObject, type Notebook } from '../notebook/notebook';
import { defaultValues, type Values } from '../notebook/parameters';

export type PapermillRecord = {
  readonly cellStarted: (cell: CodeCell) => void;
  readonly cellEnded: (cell: CodeCell, failed: boolean) => void;
  /** Also of a cell that had ended well. */
  readonly cellFailed: (cell: CodeCell) => void;
  readonly ended: (failed: boolean) => void;
};

type Paths = { readonly input: string; readonly output: string };

export function papermillRecord(notebook: Notebook, given: Values, { input, output }: Paths): PapermillRecord {
  const { version } = require('../../../package.json') as { version: string };
  const before = (notebook.metadata.papermill ?? {}) as JsonObject;
  const began = new Date();
  const all: JsonObject = {
    ...before,
    default_parameters: { ...defaultValues(notebook) },
    duration: null,
    end_time: null,
    environment_variables: {},
    exception: null,
    input_path: input,
    output_path: output,
    parameters: Object.keys(given).length > 0 ? { ...given } : (before.parameters ?? {}), // injected before, and still there
    start_time: began.toISOString(),
    version: `fovea ${version}`,
  };
  notebook.metadata.papermill = all;
  for (const cell of notebook.cells) {
    if (isCode(cell)) cell.metadata.papermill = { duration: null, end_time: null, exception: null, start_time: null, status: 'pending' };
  }

  return {
    cellStarted: (cell) => Object.assign(of(cell), { exception: false, start_time: now(), status: 'running' }),
    cellEnded: (cell, failed) => {
      const { start_time } = of(cell);
      const end_time = now();
      const duration = (Date.parse(end_time) - Date.parse(String(start_time))) / 1000;
      Object.assign(of(cell), { duration, end_time, exception: failed, status: failed ? 'failed' : 'completed' });
    },
    cellFailed: (cell) => Object.assign(of(cell), { exception: true, status: 'failed' }),
    ended: (failed) => {
      const end_time = now();
      Object.assign(all, { duration: (Date.parse(end_time) - began.getTime()) / 1000, end_time, exception: failed ? true : null });
    },
  };
}

const of = (cell: CodeCell): JsonObject => cell.metadata.papermill as JsonObject;
const now = (): string => new Date().toISOString();
