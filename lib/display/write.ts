/** Writes a file whole or not at all, its folder made where it is missing; says in words why it could not. */
import { dirname, resolve } from 'node:path';
import { cannotWrite, makeFolder, writeAtomic } from '../native/atomic';

export function writeWhole(path: string, content: Uint8Array | string): void {
  const folder = dirname(resolve(path));
  try {
    makeFolder(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw cannotWrite(path, code === 'EEXIST' ? Object.assign(new Error('a file has the name of its folder'), { code: 'ENOTDIR' }) : error);
  }
  writeAtomic(path, content);
}
