/**
 * Rows of plain objects as a table, for a list, set or map of them. Columns stand in the order of their first appearance;
 * numbers of a column share their decimals. The html has no colours or sizes of its own, so JupyterLab's theme holds.
 */
import { types } from 'node:util';
import type { Bundle } from '../../display/kernel';
import { numberColumn } from './numberText';
import { cut, escaped, isPlainObject, oneLine, reason } from './valueText';

const MOST_ROWS = 20;
const MOST_COLUMNS = 12;
const WIDEST = 40; // characters of a cell
const MOST_LOOKED_AT = 10_000; // rows searched for further columns

type Row = { readonly key?: unknown; readonly fields: Record<string, unknown> };
type Column = { readonly name: string; readonly texts: readonly string[]; readonly numeric: boolean };

/** Undefined where the value is no such collection. */
export function tableResult(value: unknown): Bundle | undefined {
  const rows = rowsOf(value);
  if (!rows) return undefined;
  const names = new Set<string>();
  for (const { fields } of rows.slice(0, MOST_LOOKED_AT)) for (const name of Object.keys(fields)) names.add(name);
  if (names.size === 0) return undefined;
  const shown = rows.slice(0, MOST_ROWS);
  const columns = [...names].slice(0, MOST_COLUMNS).map((name) =>
    column(
      name,
      shown.map(({ fields }) => field(fields, name)),
    ),
  );
  if (types.isMap(value))
    columns.unshift(
      column(
        '(key)',
        shown.map(({ key }) => key),
      ),
    );
  const notes: string[] = [];
  if (rows.length > shown.length) notes.push(`and ${rows.length - shown.length} more rows`);
  if (names.size > MOST_COLUMNS)
    notes.push(`and ${names.size - MOST_COLUMNS} more columns: ${cut([...names].slice(MOST_COLUMNS).join(', '), 200)}`);
  return { data: { 'text/plain': plain(columns, notes), 'text/html': html(columns, notes) }, metadata: {} };
}

function rowsOf(value: unknown): Row[] | undefined {
  if (types.isProxy(value)) return undefined;
  if (types.isMap(value)) {
    const rows = [...value.values()].every(isPlainObject)
      ? [...value].map(([key, fields]) => ({ key, fields: fields as Row['fields'] }))
      : [];
    return rows.length > 0 ? rows : undefined;
  }
  const items = types.isSet(value) ? [...value] : Array.isArray(value) ? (value as unknown[]) : [];
  return items.length > 0 && items.every(isPlainObject) ? items.map((fields) => ({ fields })) : undefined;
}

/** A field that throws when it is read. */
class Unreadable {
  constructor(readonly why: string) {}
}

function field(fields: Record<string, unknown>, name: string): unknown {
  try {
    return fields[name];
  } catch (error) {
    return new Unreadable(reason(error));
  }
}

function column(name: string, values: readonly unknown[]): Column {
  const numbers = values.filter((value) => typeof value === 'number');
  const written = numberColumn(numbers);
  let next = 0;
  const texts = values.map((value) => (typeof value === 'number' ? written[next++]! : text(value)));
  return { name: cut(oneRow(name), WIDEST), texts, numeric: numbers.length > 0 && values.every((value) => typeof value !== 'string') };
}

function text(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return cut(oneRow(value), WIDEST);
  if (value instanceof Unreadable) return cut(`cannot be read: ${value.why}`, WIDEST);
  return oneLine(value, WIDEST);
}

const oneRow = (words: string): string => words.slice(0, 4 * WIDEST).replaceAll(/\s+/g, ' ');

function plain(columns: readonly Column[], notes: readonly string[]): string {
  const widths = columns.map(({ name, texts }) => Math.max(name.length, ...texts.map((cell) => cell.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (columns[c]!.numeric ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  const rows = columns[0]!.texts.map((_, r) => line(columns.map(({ texts }) => texts[r]!)));
  return [line(columns.map(({ name }) => name)), widths.map((width) => '-'.repeat(width)).join('  '), ...rows, ...notes].join('\n');
}

function html(columns: readonly Column[], notes: readonly string[]): string {
  const cell = (tag: 'td' | 'th', { numeric }: Column, words: string): string =>
    `<${tag} style="text-align: ${numeric ? 'right' : 'left'}">${escaped(words.trim())}</${tag}>`;
  const head = columns.map((one) => cell('th', one, one.name)).join('');
  const rows = columns[0]!.texts.map((_, r) => `<tr>${columns.map((one) => cell('td', one, one.texts[r]!)).join('')}</tr>`);
  const below = notes.map((note) => `<p>${escaped(note)}</p>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>${below}`;
}
