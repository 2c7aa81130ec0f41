/**
 * A folder of files that is whole or not there. It is filled under another name and renamed when all is on the disk; its
 * file COMPLETE, the sha256 of each file, is written last: it is for copies, which are not atomic.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cannotWrite, discard, makeFolder, syncFolder, writeSynced } from './atomic';
import { DamagedFileError } from './damagedFile';

export type Contents = { readonly [name: string]: string | Uint8Array };

const marker = 'COMPLETE';
/** Whether it was finished; what is in it is not looked at. */
export const isWhole = (folder: string): boolean => existsSync(join(folder, marker));
/** The name under which `folder` is filled by a process. */
export const fillingName = (folder: string, pid: number): string => join(dirname(folder), `.${basename(folder)}.${pid}.tmp`);

/** Writes a new folder; a whole one of that name is never overwritten, one that was not finished is replaced. */
export function writeWhole(folder: string, contents: Contents): void {
  if (isWhole(folder)) throw new Error(`${folder} already holds a checkpoint; choose another folder`);
  const filling = fillingName(folder, process.pid);
  try {
    makeFolder(dirname(folder));
    rmSync(filling, { recursive: true, force: true });
    mkdirSync(filling);
    for (const [name, data] of Object.entries(contents)) writeSynced(join(filling, name), data);
    writeSynced(join(filling, marker), sums(contents));
    syncFolder(filling);
    rmSync(folder, { recursive: true, force: true });
    renameSync(filling, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    discard(filling);
    throw cannotWrite(folder, error);
  }
}

/** The files named, after all were found to be those that were written. */
export function readWhole<N extends string>(folder: string, names: readonly N[]): { [K in N]: Buffer } {
  if (!isWhole(folder)) {
    const found = existsSync(folder) ? `none: it has no ${marker}, so it was never finished` : 'none: it does not exist';
    throw new DamagedFileError(folder, 'expected a checkpoint', found, 'use an earlier one');
  }
  const read = (name: string): Buffer => {
    const path = join(folder, name);
    if (!existsSync(path)) throw new DamagedFileError(path, `expected the file that ${marker} names`, 'none', remedy);
    return readFileSync(path);
  };
  const contents = Object.fromEntries(names.map((name) => [name, read(name)])) as { [K in N]: Buffer };
  const [written, actual] = [read(marker).toString('latin1').split('\n'), sums(contents).split('\n')];
  const different = actual.findIndex((line, index) => line !== written[index]);
  if (different >= 0 || written.length !== actual.length) {
    const path = join(folder, names[different] ?? marker);
    const [expected, found] = [written[different], actual[different]].map((line) => line?.slice(0, 64));
    throw new DamagedFileError(path, `expected sha256 ${expected ?? '(none)'}`, found ?? 'more than was written', remedy);
  }
  return contents;
}

/** Removes a folder in an order that leaves, at any moment, a whole one or one that says it is not. */
export function removeWhole(folder: string): void {
  rmSync(join(folder, marker), { force: true });
  rmSync(folder, { recursive: true, force: true });
}

const remedy = 'use another copy of the checkpoint';
const sums = (contents: Contents): string =>
  Object.entries(contents)
    .map(([name, data]) => `${createHash('sha256').update(data).digest('hex')}  ${name}\n`)
    .join('');
