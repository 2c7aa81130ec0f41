/** Parameters from a JSON file, `{ "rate": 0.1, "seeds": [0, 1] }`, as if each had been given with -p. */
import { readFileSync } from 'node:fs';
import { isObject, type JsonValue } from '../kernel/notebook/notebook';
import type { Given } from '../kernel/notebook/parameters';
import { UserError } from './error';

export function parameterFile(path: string): Given {
  let found: JsonValue;
  try {
    found = JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'there is no such file' : code ? message : `expected parameters as JSON, ${message}`;
    throw new UserError(`${path}: ${what.replaceAll(/\s+/g, ' ')}`);
  }
  if (!isObject(found)) throw new UserError(`${path}: expected an object of parameters as JSON, got ${JSON.stringify(found).slice(0, 40)}`);
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, text(path, name, value)]));
}

function text(path: string, name: string, value: JsonValue): string {
  if (value === null || isObject(value)) {
    throw new UserError(`${path}: ${name}: expected a number, text, a boolean or a list, got ${value === null ? 'null' : 'an object'}`);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
