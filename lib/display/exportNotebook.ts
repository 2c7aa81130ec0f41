/**
 * The figures of an executed notebook as files, numbered in the order of the notebook and named after their titles. They
 * are recognised by the specification in their output and drawn anew from it; the kernel is not needed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../plot/figure';
import { mimeTypes } from './bundle';
import type { Format } from './encode';
import { gitCommit, type Provenance, sha256 } from './provenance';
import { saveAs } from './saveAs';

export async function exportNotebook(
  notebook: string,
  outDir: string,
  formats: readonly Format[],
  provenance: Provenance = {},
): Promise<string[]> {
  const { figures: found, text } = readFigures(notebook);
  const commit = provenance.commit ?? gitCommit(process.cwd());
  const stamp: Provenance = {
    ...provenance,
    data: { ...provenance.data, notebook: sha256(text) },
    ...(commit !== undefined && { commit }),
  };

  const written: string[] = [];
  const failures: string[] = [];
  for (const [i, figure] of found.entries()) {
    try {
      written.push(...(await saveAs(figure, join(outDir, `${String(i + 1).padStart(2, '0')}-${slug(figure.title)}`), formats, stamp)));
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  if (failures.length > 0)
    throw new Error(
      `export: ${failures.length} of ${found.length} figures of ${notebook} could not be written: ${[...new Set(failures)].join('; ')}`,
    );
  return written;
}

/** The figures of a notebook and its text; an error where there are none. */
export function readFigures(notebook: string): { text: string; figures: Figure[] } {
  const { text, notebook: content } = readNotebook(notebook);
  const figures = figuresOf(content);
  if (figures.length === 0) throw new Error(`export: ${notebook} holds no figures; run it first: fovea run ${notebook}`);
  return { text, figures };
}

type Output = { data?: Record<string, unknown> };
type Notebook = { cells: { outputs?: Output[] }[] };

function readNotebook(path: string): { text: string; notebook: Notebook } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new Error(`export: cannot read ${path}: ${why}`, { cause: error });
  }
  try {
    const notebook = JSON.parse(text) as Partial<Notebook> | null;
    if (Array.isArray(notebook?.cells)) return { text, notebook: notebook as Notebook };
  } catch {
    // not JSON: told below like any other file that is no notebook
  }
  throw new Error(`export: expected a notebook (JSON with cells) in ${path}, got something else`);
}

export function figuresOf(notebook: Notebook): Figure[] {
  return notebook.cells
    .flatMap((cell) => cell.outputs ?? [])
    .flatMap(({ data = {} }) => {
      const words = [data['text/plain'] ?? ''].flat().join('');
      const vegaLite = data[mimeTypes['vega-lite']];
      if (isObject(vegaLite)) return [fromVegaLite(vegaLite, words)];
      const plotly = data[mimeTypes.plotly];
      return isObject(plotly) ? [fromPlotly(plotly, words)] : [];
    });
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : undefined;

function fromVegaLite(spec: Json, words: string): Figure {
  const title = textOf(isObject(spec.title) ? spec.title.text : spec.title) ?? 'figure';
  const { datasets, data } = spec as { datasets?: Json; data?: { values?: unknown } };
  const rows = datasets?.data ?? data?.values;
  return {
    title,
    description: textOf(spec.description) ?? (words || title),
    data: Array.isArray(rows) ? rows : [],
    spec,
    renderer: 'vega-lite',
  };
}

function fromPlotly(spec: Json, words: string): Figure {
  const layout = isObject(spec.layout) ? spec.layout : {};
  const meta = isObject(layout.meta) ? layout.meta : {};
  const heading = textOf(isObject(layout.title) ? layout.title.text : layout.title)
    ?.replace(/<[^>]*>/g, ' ')
    .trim();
  const title = textOf(meta.title) ?? (heading || 'figure');
  const traces = Array.isArray(spec.data) ? spec.data.filter(isObject) : [];
  return { title, description: textOf(meta.description) ?? (words || title), data: traces.flatMap(rowsOf), spec, renderer: 'plotly' };
}

/** The points of a trace as rows: its coordinates that are plain lists, and its name. */
function rowsOf(trace: Json): object[] {
  const columns = ['x', 'y', 'z'].filter((name) => Array.isArray(trace[name]));
  const length = Math.max(0, ...columns.map((name) => (trace[name] as unknown[]).length));
  return Array.from({ length }, (_, i) => ({
    ...(trace.name !== undefined && { label: trace.name }),
    ...Object.fromEntries(columns.map((name) => [name, (trace[name] as unknown[])[i]])),
  }));
}

export function slug(title: string): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain.slice(0, 60).replace(/-+$/, '') || 'figure';
}
