/**
 * One text for one configuration: JSON with sorted keys and no spaces, whose sha256 names the configuration. Fields that are
 * undefined are left out, so that an option not given and an option given as undefined are the same.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../native/json';

export type { Json };

export function canonicalJson(value: unknown): string {
  return JSON.stringify(plain(value, 'config'));
}

export const configHash = (config: unknown): string => createHash('sha256').update(canonicalJson(config)).digest('hex');

/** A copy that is JSON and nothing else; what JSON would drop or change silently is an error with its path. */
export function plain(value: unknown, path: string): Json {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value; // -0 would be another number, but the same text
  if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}[${index}]`));
  if (typeof value === 'object' && isRecord(value)) {
    const fields = Object.entries(value as object).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(fields.map(([name, field]) => [name, plain(field, `${path}.${name}`)]));
  }
  const found =
    typeof value === 'object'
      ? `a ${(value as object).constructor?.name ?? 'object'}`
      : typeof value === 'number'
        ? `${value}`
        : `${typeof value}`;
  throw new Error(`${path}: expected plain data (text, finite numbers, true, false, null, lists, records), got ${found}`);
}

/** A record and no instance of a class; a notebook's cells have an Object of their own, so it is told by its root. */
function isRecord(value: object): boolean {
  const root: unknown = Object.getPrototypeOf(value);
  return root === null || Object.getPrototypeOf(root) === null;
}
