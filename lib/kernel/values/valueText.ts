/**
 * Any value as text, the way Node's console writes it, but never more than a screen can hold: what is left out is counted.
 * Getters are not called and traps of proxies not sprung; a value that fails while it is written becomes a line that says so.
 */
import { inspect, types } from 'node:util';
import { isTensor, kindOf } from './tensorLike';

const LONGEST = 20_000; // characters
const MOST_KEYS = 100;
const DEEPEST = 3;

export function valueText(value: unknown): string {
  try {
    if (types.isPromise(value)) hideContext(value);
    const left = { properties: 0 };
    const text = inspect(trimmed(value, DEEPEST, left), { maxArrayLength: 100, maxStringLength: 10_000 });
    const notes: string[] = [];
    if (left.properties > 0) notes.push(`... ${left.properties} more properties`);
    if (text.length > LONGEST) notes.push(`... ${text.length - LONGEST} more characters`);
    if (types.isPromise(value)) notes.push('not awaited: put `await` before it to see what it resolves to');
    return [text.slice(0, LONGEST), ...notes].join('\n');
  } catch (error) {
    return `a value (${typeof value}) that cannot be shown: ${reason(error)}`;
  }
}

/** Where async contexts are followed, as in a kernel, Node keeps them on each promise under symbols that would be printed. */
function hideContext(promise: object): void {
  for (const symbol of Object.getOwnPropertySymbols(promise)) {
    if (/^(async_id_symbol|trigger_async_id_symbol|kResourceStore)$/.test(symbol.description ?? ''))
      Object.defineProperty(promise, symbol, { enumerable: false });
  }
}

/** On one line of at most so many characters. */
export function oneLine(value: unknown, longest: number): string {
  try {
    if (isTensor(value)) return kindOf(value);
    const text = inspect(trimmed(value, 1, { properties: 0 }), {
      depth: 1,
      breakLength: Infinity,
      maxArrayLength: 6,
      maxStringLength: longest,
    });
    return cut(text.replaceAll(/\s*\n\s*/g, ' '), longest);
  } catch (error) {
    return cut(`cannot be shown: ${reason(error)}`, longest);
  }
}

export const cut = (text: string, longest: number): string => (text.length <= longest ? text : `${text.slice(0, longest - 1)}\u2026`);

/** For html. */
export const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** An object that is written as `{ ... }` and nothing else. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What the value's own code threw, which may be anything. */
export function reason(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'its own code threw';
  }
}

/** The value itself, or where it holds objects of very many keys a copy without most of them: `inspect` has no limit for these. */
function trimmed(value: unknown, depth: number, left: { properties: number }): unknown {
  if (depth < 0 || !isPlainObject(value)) return value;
  const keys = Object.keys(value);
  const kept = keys.slice(0, MOST_KEYS).map((key): [string, PropertyDescriptor, unknown] => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!;
    return [key, descriptor, trimmed(descriptor.value, depth - 1, left)];
  });
  if (keys.length <= MOST_KEYS && kept.every(([, { value: own }, inner]) => own === inner)) return value;
  left.properties += keys.length - kept.length;
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as object;
  for (const [key, descriptor, inner] of kept) {
    Object.defineProperty(copy, key, 'value' in descriptor ? { ...descriptor, value: inner } : descriptor);
  }
  return copy;
}
