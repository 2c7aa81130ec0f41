/** The bundle that a value's own `Symbol.for('Jupyter.display')` method hands back, checked: what is wrong in it is said. */
import type { Json } from '../protocol/message';
import { reason } from './valueText';

/** The method by which a value says how it is shown; Deno's kernel calls the same one. */
const DISPLAY = Symbol.for('Jupyter.display');

export function displayMethod(value: unknown): (() => unknown) | undefined {
  try {
    const own = (value as { [DISPLAY]?: unknown } | null | undefined)?.[DISPLAY];
    return typeof own === 'function' ? () => own.call(value) as unknown : undefined;
  } catch {
    return undefined; // a proxy or getter that throws has no method
  }
}

export function checkedBundle(bundle: unknown): Json {
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle)) fail('an object from MIME types to content', kind(bundle));
  const entries = Object.entries(bundle as object) as [string, unknown][];
  if (entries.length === 0) fail('at least one MIME type', 'an empty object');
  for (const [mime, content] of entries) {
    if (!/^[\w.+-]+\/[\w.+-]+$/.test(mime)) fail('MIME types such as text/plain for keys', `'${mime}'`);
    if (!/[/+]json$/.test(mime)) {
      if (typeof content !== 'string') fail(`text for ${mime}${/^(image|audio|video)\//.test(mime) ? ' (base64)' : ''}`, kind(content));
    } else if (json(content) === undefined) fail(`what JSON can hold for ${mime}`, kind(content));
  }
  return bundle as Json;
}

function fail(expected: string, got: string): never {
  throw new TypeError(`Jupyter.display: expected ${expected}, got ${got}`);
}

const kind = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value);

function json(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined;
  } catch (error) {
    return fail('what JSON can hold', reason(error).split('\n')[0]!);
  }
}
