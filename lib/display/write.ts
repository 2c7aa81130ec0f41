/** Writes a file whole or not at all, and says in words why it could not. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export function writeWhole(path: string, content: Uint8Array | string, who = 'save'): void {
  const whole = resolve(path);
  const folder = dirname(whole);
  const unfinished = join(folder, `.${basename(whole)}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    const file = openSync(unfinished, 'w');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, whole);
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // the folder that refused the file may refuse this too; the first error is the one to tell
    }
    throw new Error(`${who}: cannot write ${path}: ${reason(error as NodeJS.ErrnoException)}`, { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write in that folder; choose another folder',
  EPERM: 'the system does not permit writing in that folder; choose another folder',
  EROFS: 'the folder is on a read-only file system; choose another folder',
  ENOSPC: 'no space is left on the disk; free some and try again',
  EDQUOT: 'the disk quota is used up; free some space and try again',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  EISDIR: 'a folder of that name is there',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
};

export function reason(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  return reasons[code] ? `${reasons[code]} (${code})` : error.message;
}
