/**
 * The one form in which a notebook is kept in git: what JupyterLab saves, less what changes from run to run (counts, times,
 * display ids). Opening and saving it changes no byte.
 */

import { languageInfo } from '../editor/language';
import { KERNEL_DISPLAY_NAME, KERNEL_NAME } from '../kernelspec';
import { type Cell, isCode, isObject, type JsonObject, type Notebook, newCellId, notebookText, type Output } from './notebook';

/** TypeScript of the cells: tslab's. The kernel says the same of itself, else JupyterLab would change the file on opening it. */
export const CELLS_TYPESCRIPT = '5.0.4';

const VOLATILE_NOTEBOOK = ['papermill', 'widgets', 'vscode', 'signature', 'orig_nbformat', 'orig_nbformat_minor', 'toc', 'varInspector'];
const VOLATILE_CELL = ['execution', 'ExecuteTime', 'papermill', 'fovea', 'trusted', 'scrolled', 'collapsed', 'vscode', 'pycharm'];

export type Canonical = { readonly text: string /** What is otherwise in the notebook given. */; readonly changes: readonly string[] };

export function canonical(notebook: Notebook, text: string): Canonical {
  const changes: string[] = [];
  const ids = new Set<string>();
  const cells = notebook.cells.map((cell, index) => {
    const cleaned = cleanCell(cell);
    if (ids.has(cleaned.id)) cleaned.id = newCellId(`${index}:${cleaned.id}`);
    ids.add(cleaned.id);
    for (const what of differences(cell, cleaned)) changes.push(`cell ${index + 1}: ${what}`);
    return cleaned;
  });
  const metadata = {
    ...without(notebook.metadata, VOLATILE_NOTEBOOK),
    kernelspec: { display_name: KERNEL_DISPLAY_NAME, language: 'typescript', name: KERNEL_NAME },
    language_info: languageInfo(CELLS_TYPESCRIPT) as JsonObject,
  };
  if (!same(metadata, notebook.metadata)) changes.push('notebook metadata');
  const clean = notebookText({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
  if (clean !== text && changes.length === 0) changes.push('form (order of keys, indent, lines, ids or version)');
  return { text: clean, changes };
}

function cleanCell(cell: Cell): Cell {
  const metadata = without(cell.metadata, VOLATILE_CELL);
  if (!isCode(cell)) return { ...cell, metadata };
  const outputs = joined(cell.outputs.map(cleanOutput));
  return { ...cell, metadata, execution_count: null, outputs };
}

function cleanOutput(output: Output): Output {
  const { transient: _, ...kept } = output;
  if (kept.output_type === 'execute_result') return { ...kept, execution_count: null } as Output;
  return kept as Output;
}

/** Text that came in two messages, as one. */
function joined(outputs: readonly Output[]): Output[] {
  const all: Output[] = [];
  for (const output of outputs) {
    const last = all.at(-1);
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      all[all.length - 1] = { ...last, text: `${last.text}${output.text}` };
    } else all.push(output);
  }
  return all;
}

function differences(before: Cell, after: Cell): string[] {
  const found: string[] = [];
  if (!same(before.metadata, after.metadata)) found.push('metadata of a run');
  if (before.id !== after.id) found.push('id used twice');
  if (!isCode(before) || !isCode(after)) return found;
  if (before.execution_count !== null) found.push('execution count');
  if (!same(before.outputs as never, after.outputs as never)) found.push('outputs with counts, ids or split text');
  return found;
}

const without = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]));
}
