/**
 * A stamp says from which inputs something was made, and lies inside it: deleting the folder deletes the claim. It is
 * removed before the work begins and written, at once, when it has ended, so that an interrupted step is not believed.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const digest = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
export const text = (path) => readFileSync(path, 'utf8');

export function readStamp(path) {
  try {
    return JSON.parse(text(path));
  } catch {
    return {};
  }
}

export function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(value, undefined, 2)}\n`);
  renameSync(unfinished, path);
}

export const removeStamp = (path) => rmSync(path, { force: true });
