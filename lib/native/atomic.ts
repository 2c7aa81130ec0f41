/**
 * Files that are whole or not there: written beside their place, brought to the disk, then renamed, which a file system does
 * at once. A process killed at any moment leaves the old file or the new one, never half of one.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export function writeAtomic(path: string, data: string | Uint8Array): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeSynced(beside, data);
    renameSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    discard(beside);
    throw cannotWrite(path, error);
  }
}

/** Makes a folder and those above it. Node's own recursive form never ends where a file system answers that nothing can be made, as /proc does. */
export function makeFolder(folder: string): void {
  const isFolder = (): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isFolder()) throw error; // else somebody was faster
  }
}

/** Writes a new file and waits until the disk has it. */
export function writeSynced(path: string, data: string | Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, data);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename is on the disk only when its folder is. */
export function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes what was begun; what hinders that is not the error to be told. */
export function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // the caller has the reason
  }
}

const remedies: { [code: string]: string } = {
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the quota is used up: free some space',
  EROFS: 'the file system is read-only: choose another folder',
  EACCES: 'no permission: choose another folder or change its rights',
  EPERM: 'no permission: choose another folder or change its rights',
  ENOENT: 'the folder does not exist: make it first',
  ENOTDIR: 'a part of the path is a file: choose another folder',
};

/** The system's error with path and remedy. */
export function cannotWrite(path: string, error: unknown): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new Error(`${path}: cannot be written, ${remedies[code] ?? message}`, { cause: error });
}
