/** The value of a cell's last expression, as Jupyter shows it: its own bundle where it has one, else its text. */
import { inspect } from 'node:util';
import type { Json } from './message';

export type ResultBundle = { readonly data: Json; readonly metadata: Json };

/** The method by which a value says how it is shown; Deno's kernel calls the same one. */
const DISPLAY = Symbol.for('Jupyter.display');

export async function resultBundle(value: unknown): Promise<ResultBundle | undefined> {
  if (value === undefined) return undefined;
  const own = (value as { [DISPLAY]?: unknown } | null | undefined)?.[DISPLAY];
  if (typeof own !== 'function') return { data: { 'text/plain': inspect(value) }, metadata: {} };
  return { data: (await own.call(value)) as Json, metadata: {} };
}
