/**
 * Loads a large module with the machine code that V8 made of it in an earlier process: TypeScript in a third of the time.
 * The code is kept below `.jupyter/`; V8 itself refuses what another version of it has made.
 */
import { readFileSync, statSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { makeFolder, writeAtomic } from '../../native/atomic';

export type Cached = {
  readonly exports: unknown;
  /** Keeps the code for the next process, where none was found. */
  readonly keep: () => void;
};

export function loadCached(file: string, folder: string): Cached {
  const { size, mtimeMs } = statSync(file);
  const path = join(folder, `typescript-${size}-${Math.round(mtimeMs)}-node-${process.versions.node}.bin`);
  const known = bytesOf(path);
  const script = new vm.Script(Module.wrap(readFileSync(file, 'utf8')), {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(known ? { cachedData: known } : {}),
  });
  const module = new Module(file);
  module.filename = file;
  require.cache[file] = module;
  script.runInThisContext().call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  module.loaded = true;
  return {
    exports: module.exports,
    keep: () => {
      if (known && script.cachedDataRejected === false) return;
      try {
        makeFolder(folder);
        writeAtomic(path, script.createCachedData());
      } catch {
        // a disk that is full or read-only makes the next start slower, no more
      }
    },
  };
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
