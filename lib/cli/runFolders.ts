/** The folders that a run writes into: made and tried before anything runs, freed of what a killed run has left half-written. */
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cannotWrite, makeFolder, writeAtomic } from '../native/atomic';
import { isAlive } from '../native/isAlive';
import { UserError } from './error';

export function makeFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      make(resolve(folder));
      writeAtomic(join(folder, PROBE), 'x'.repeat(PROBE_BYTES)); // a full or read-only disk lets folders be
      rmSync(join(folder, PROBE), { force: true });
      sweep(folder);
    } catch (error) {
      const message = (error as Error).message.replace(join(folder, PROBE), folder);
      throw new UserError(`${message}; give another folder with --out`);
    }
  }
}

function make(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

const PROBE = '.fovea-probe';
const PROBE_BYTES = 64 * 1024;

/** Files that were being written when their process was killed. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^\..+\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}
