/**
 * Takes up a rebuilt library without a restart: the loaded files of lib/dist are loaded again, and so are TypeScript files
 * beside the notebook that were edited. tfjs, its tensors, the native library and the kernel stay as they are; so do values
 * that were made by old code, such as a model.
 */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { forgetOperations } from './forgetOperations';
import { RELOAD, type ReloadCells, type Renewals, renew } from './renew';

export type Reloaded = {
  /** Files that were rebuilt, by their path in the folder. */
  readonly files: readonly string[];
  /** Those of them that only a restart takes up. */
  readonly staying: readonly string[];
  readonly renewals: Renewals;
};

const load = createRequire(__filename);
const STAYING = ['cli', 'kernel', 'native']; // commands, sockets and threads, and an opened library
const library = resolve(__dirname, '../..');
const TICK_MS = 20; // by which the times of files may be behind the clock
const generations = new Map<string, object[]>();
let looked = performance.timeOrigin;

/**
 * After `npm run build`, or after an edit of a TypeScript file beside the notebook: from here on cells use the new code, also
 * under names that earlier cells have imported. Prints in one line what was taken up.
 */
export function reload(): void {
  const before = Date.now() - TICK_MS;
  const { files, staying, renewals } = reloadModules(library, STAYING, looked);
  const cells = (globalThis as { [RELOAD]?: ReloadCells })[RELOAD]?.(renewals) ?? { files: 0, names: 0 };
  looked = before;
  const taken = files.length - staying.length;
  const found = [
    ...(taken > 0 ? [`${counted(taken, 'rebuilt file')} of the library`] : []),
    ...(cells.files > 0 ? [`${counted(cells.files, 'file')} beside the notebook`] : []),
  ];
  if (found.length > 0) console.log(`reload: ${found.join(' and ')} taken up, ${counted(cells.names, 'name')} of earlier cells renewed`);
  else if (staying.length === 0) console.log('reload: nothing has changed (after an edit of the library, run `npm run build` first)');
  if (staying.length > 0) console.warn(`reload: ${staying.join(', ')} changed too: restart the kernel to take that up`);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Loads a folder's modules again where one of them was written after `since`; the folders `stay` inside it are left alone. */
export function reloadModules(folder: string, stay: readonly string[], since: number): Reloaded {
  const { cache } = load;
  const inside = Object.keys(cache).filter((file) => file.startsWith(folder + sep) && !file.includes(`${sep}node_modules${sep}`));
  const stays = (file: string): boolean => stay.some((name) => file.startsWith(join(folder, name) + sep)) || file.endsWith('.node');
  const native = Object.keys(cache).filter((file) => file.endsWith('.node') && !inside.includes(file));
  const files = [...inside, ...native].filter((file) => (writtenAt(file) ?? 0) > since);
  const staying = files.filter(stays);
  const named = (paths: readonly string[]): string[] => paths.map((file) => relative(folder, file));
  if (files.length === staying.length) return { files: named(files), staying: named(staying), renewals: new Map() };

  const old = new Map(inside.filter((file) => !stays(file)).map((file) => [file, cache[file]!]));
  const remember = forgetOperations();
  for (const file of old.keys()) delete cache[file];
  try {
    for (const file of old.keys()) if (writtenAt(file) !== undefined) load(file);
  } catch (error) {
    for (const file of Object.keys(cache)) if (file.startsWith(folder + sep) && !stays(file)) delete cache[file];
    for (const [file, module] of old) cache[file] = module;
    remember();
    throw new Error(`reload: the rebuilt files could not be loaded, the old ones stay: ${(error as Error).message}`, { cause: error });
  }
  const pairs = [...old].flatMap(([file, module]) => {
    const fresh = cache[file]?.exports as object | undefined;
    if (!fresh) return []; // the file is gone
    const all = [...(generations.get(file) ?? []), module.exports as object];
    generations.set(file, all);
    return all.map((exports) => [exports, fresh] as const);
  });
  return { files: named(files), staying: named(staying), renewals: renew(pairs) };
}

/** Undefined where there is no such file any more. */
function writtenAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ctimeMs;
}
