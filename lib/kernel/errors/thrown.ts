/**
 * What is known of a value that code threw. Anything can be thrown, also a proxy that throws whenever it is looked at, so each
 * look is taken with care: reading a thrown value never throws.
 */
import { inspect, types } from 'node:util';
import { stacksAreOurs } from './stacks';

export type Thrown = {
  readonly name: string;
  readonly message: string;
  /** `    at ...` as V8 wrote them; undefined where the value has no stack. */
  readonly frames: readonly string[] | undefined;
  /** Plain properties of its own that its message leaves out, such as `code`. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly cause: unknown;
  readonly errors: readonly unknown[];
  readonly isError: boolean;
};

const LONGEST_MESSAGE = 5000;
const LONGEST_PROPERTY = 200;
const TOLD = new Set(['name', 'message', 'stack', 'cause', 'errors', 'errno', 'generatedMessage', 'actual', 'expected', 'operator', 'pid']);

export function readThrown(value: unknown): Thrown {
  const get = (key: string): unknown => attempt(() => (value as Record<string, unknown>)[key], undefined);
  const isError =
    typeof value === 'object' && value !== null && (types.isNativeError(value) || (isText(get('message')) && isText(get('stack'))));
  if (!isError) {
    return { name: 'Thrown', message: bounded(shown(value)), frames: undefined, properties: {}, cause: undefined, errors: [], isError };
  }
  const message = textOf(get('message')).replace(/\nRequire stack:(?:\n- .*)*/, ''); // files of the kernel's own
  const stack = get('stack');
  const errors = get('errors');
  return {
    name: nameOf(get('name'), get('constructor')),
    message: bounded(message),
    frames: isText(stack) && stacksAreOurs() ? framesOf(stack, message) : undefined,
    properties: attempt(() => properties(value as object, message), {}),
    cause: get('cause'),
    errors: Array.isArray(errors) ? attempt(() => [...errors], []) : [],
    isError,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const textOf = (value: unknown): string => (isText(value) ? value : attempt(() => String(value), ''));

function attempt<T>(body: () => T, otherwise: T): T {
  try {
    return body();
  } catch {
    return otherwise;
  }
}

/** As Node prints it; what it cannot print is still named. */
function shown(value: unknown): string {
  const options = { depth: 2, maxArrayLength: 20, maxStringLength: LONGEST_MESSAGE };
  return attempt(() => inspect(value, options), `a value of type ${typeof value} that cannot be shown`);
}

function bounded(text: string): string {
  const more = text.length - LONGEST_MESSAGE;
  return more <= 0 ? text : `${text.slice(0, LONGEST_MESSAGE)}... and ${more} more characters`;
}

/** `class Odd extends Error` without a name of its own is still an Odd. */
function nameOf(name: unknown, type: unknown): string {
  const made = attempt(() => textOf((type as { name?: unknown } | undefined)?.name ?? ''), '');
  const own = name === undefined ? '' : textOf(name);
  return (own === '' || own === 'Error' ? made : own) || own || 'Error';
}

/** A message may hold lines that look like frames: they are before the frames. A file that does not parse is named at the top. */
function framesOf(stack: string, message: string): string[] {
  const at = message === '' ? -1 : stack.indexOf(message);
  const file = /^(?:file:\/\/)?(\/.*:\d+)\n/.exec(stack)?.[1];
  const frames = stack
    .slice(at < 0 ? 0 : at + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return file === undefined || frames.some((frame) => frame.includes(file)) ? frames : [`    at ${file}`, ...frames];
}

function properties(error: object, message: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    const value = TOLD.has(key) ? undefined : (error as Record<string, unknown>)[key];
    if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) continue;
    if (!message.includes(String(value))) found[key] = isText(value) ? value.slice(0, LONGEST_PROPERTY) : value;
  }
  return found;
}
