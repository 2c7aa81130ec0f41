/**
 * Notebooks as JupyterLab writes them, byte for byte: nbformat 4.5, keys sorted, one space of indent, text in lines, numbers
 * as Python prints them. In memory text is one string.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeWhole } from '../../display/write';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export type Output = JsonObject & { output_type: string };

export type Cell = {
  cell_type: 'code' | 'markdown' | 'raw';
  id: string;
  metadata: JsonObject;
  source: string;
  attachments?: JsonObject;
  execution_count?: number | null;
  outputs?: Output[];
};

export type CodeCell = Cell & { cell_type: 'code'; execution_count: number | null; outputs: Output[] };

export type Notebook = { cells: Cell[]; metadata: JsonObject; nbformat: number; nbformat_minor: number };

export const isCode = (cell: Cell): cell is CodeCell => cell.cell_type === 'code';

export const tagsOf = (cell: Cell): string[] =>
  Array.isArray(cell.metadata.tags) ? cell.metadata.tags.filter((tag) => typeof tag === 'string') : [];

/** Throws, with the reason in one line, for what is no notebook of version 4. */
export function parseNotebook(text: string): Notebook {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`expected a notebook (JSON), ${error instanceof Error ? error.message : error}`);
  }
  const { cells, metadata, nbformat, nbformat_minor } = (found ?? {}) as Partial<Notebook>;
  if (nbformat !== 4) throw new Error(`expected nbformat 4, got ${JSON.stringify(nbformat)}`);
  if (!Array.isArray(cells)) throw new Error('expected a list of cells, got none');
  return { cells: cells.map(parseCell), metadata: metadata ?? {}, nbformat, nbformat_minor: nbformat_minor ?? 0 };
}

export const readNotebook = (path: string): Notebook => parseNotebook(readFileSync(path, 'utf8'));

/** Whole or not at all, whatever happens meanwhile. */
export function writeNotebook(path: string, notebook: Notebook): void {
  writeWhole(path, notebookText(notebook));
}

export function notebookText(notebook: Notebook): string {
  return `${toJson({ ...notebook, cells: notebook.cells.map(splitCell) } as unknown as JsonValue, '')}\n`;
}

function parseCell(cell: Cell, index: number): Cell {
  if (!['code', 'markdown', 'raw'].includes(cell?.cell_type)) {
    throw new Error(`cell ${index + 1}: expected cell_type code, markdown or raw, got ${JSON.stringify(cell?.cell_type)}`);
  }
  const source = join(cell.source);
  if (typeof source !== 'string') throw new Error(`cell ${index + 1}: expected source to be text, got ${JSON.stringify(cell.source)}`);
  const id = cell.id ?? newCellId(`${index}:${source}`);
  const parsed: Cell = { ...cell, id, metadata: cell.metadata ?? {}, source };
  if (!isCode(parsed)) return parsed;
  return { ...parsed, execution_count: parsed.execution_count ?? null, outputs: (parsed.outputs ?? []).map(joinOutput) } as CodeCell;
}

/** The same for the same text, so that a notebook without ids gets the same ones each time. */
export const newCellId = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

function joinOutput(output: Output): Output {
  if (output.output_type === 'stream') return { ...output, text: join(output.text ?? '') };
  const data = output.data;
  return isObject(data) ? { ...output, data: mapValues(data, (value, mime) => (isJsonMime(mime) ? value : join(value))) } : output;
}

function splitCell(cell: Cell): JsonValue {
  const split: JsonObject = { ...(cell as unknown as JsonObject), source: splitLines(cell.source) };
  if (isObject(split.attachments))
    split.attachments = mapValues(split.attachments, (bundle) => (isObject(bundle) ? splitBundle(bundle) : bundle));
  if (isCode(cell)) split.outputs = cell.outputs.map(splitOutput);
  return split;
}

function splitOutput(output: Output): JsonObject {
  const { text, data } = output;
  if (output.output_type === 'stream' && typeof text === 'string') return { ...output, text: splitLines(text) };
  return isObject(data) ? { ...output, data: splitBundle(data) } : output;
}

const splitBundle = (bundle: JsonObject): JsonObject =>
  mapValues(bundle, (value, mime) => (typeof value === 'string' && isText(mime) ? splitLines(value) : value));

const isText = (mime: string): boolean => mime.startsWith('text/') || mime === 'application/javascript' || mime === 'image/svg+xml';
const isJsonMime = (mime: string): boolean => mime === 'application/json' || (mime.startsWith('application/') && mime.endsWith('+json'));
export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const mapValues = (object: JsonObject, f: (value: JsonValue, key: string) => JsonValue): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, f(value, key)]));
const join = <T>(value: T): T | string =>
  Array.isArray(value) && value.every((line) => typeof line === 'string') ? value.join('') : value;

/** Where Python's `splitlines` splits: at more than `\n`. */
const ENDS = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029';
const LINES = new RegExp(`[^${ENDS}]*(?:\\r\\n|[${ENDS}])|[^${ENDS}]+$`, 'g');
const splitLines = (text: string): string[] => text.match(LINES) ?? [];

/** Python's `json.dumps(indent=1, sort_keys=True, ensure_ascii=False)`. */
function toJson(value: JsonValue, indent: string): string {
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent} `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = Array.isArray(value)
    ? value.map((item) => toJson(item, inner))
    : sorted(Object.keys(value))
        .filter((key) => value[key] !== undefined)
        .map((key) => `${JSON.stringify(key)}: ${toJson(value[key]!, inner)}`);
  return parts.length === 0 ? `${open}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** By code points, as Python does: a character of two halves comes after all others. */
const sorted = (keys: string[]): string[] => keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** JavaScript writes 0.00001 and 1e-7 where Python writes 1e-05 and 1e-07. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  if (value === 0 || Math.abs(value) >= 1e-4) return JSON.stringify(value);
  const [digits, exponent] = value.toExponential().split('e-') as [string, string];
  return `${digits}e-${exponent.padStart(2, '0')}`;
}
