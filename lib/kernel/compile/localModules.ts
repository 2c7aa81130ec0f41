/**
 * `require` as cells see it: from the notebook's folder, with TypeScript files below it compiled in memory. After an edit a
 * file is loaded again when a cell imports it or anything that imports it.
 */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type { SideOutput } from 'tslab/dist/converter.js';
import type * as TypeScript from 'typescript';
import { type Renewals, renew } from '../cells/renew';

export type LocalModules = {
  readonly require: (id: string) => unknown;
  /** New code of files, as tslab gives it: JavaScript under the file's name with `.js`. */
  readonly update: (compiled: readonly SideOutput[]) => void;
  /** Loads files that were edited again, and all that import them. */
  readonly reload: () => { readonly files: number; readonly renewals: Renewals };
};

/** Node's own module loader, of which the types leave these out. */
type Compiling = Module & { _compile: (code: string, filename: string) => void };
type Loader = { _nodeModulePaths: (folder: string) => string[] };

export function localModules(ts: typeof TypeScript, folder: string): LocalModules {
  const code = new Map<string, string>();
  const loaded = new Map<string, Module>();
  const importers = new Map<string, Set<string>>();
  const edited = new Set<string>(); // since the last reload
  const old: [file: string, exports: object][] = [];
  const fromFolder = createRequire(join(folder, 'cell.js'));

  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = new Module(file) as Compiling;
    module.filename = file;
    module.paths = (Module as unknown as Loader)._nodeModulePaths(dirname(file));
    loaded.set(file, module); // before it runs: modules may require each other in a circle
    const own = createRequire(file);
    module.require = Object.assign((id: string) => resolve(id, dirname(file), own, file), own) as NodeJS.Require;
    try {
      module._compile(code.get(file)!, file);
    } catch (error) {
      loaded.delete(file);
      throw error;
    }
    return module.exports;
  };

  const resolve = (id: string, from: string, otherwise: (id: string) => unknown, importer?: string): unknown => {
    if (id === 'tslab') return require('tslab'); // the kernel's own copy, also where the notebook's folder has none
    const path = join(from, id);
    const file = id.startsWith('.')
      ? [extname(id) === '' ? `${path}.js` : path, join(path, 'index.js')].find((one) => code.has(one))
      : undefined;
    if (file === undefined) return otherwise(id);
    if (importer !== undefined) importers.set(file, (importers.get(file) ?? new Set()).add(importer));
    return load(file);
  };

  const forget = (file: string): void => {
    const module = loaded.get(file);
    if (!module) return;
    loaded.delete(file);
    old.push([file, module.exports as object]);
    for (const importer of importers.get(file) ?? []) forget(importer);
  };

  return {
    require: (id) => resolve(id, folder, fromFolder),
    update: (compiled) => {
      for (const { path, data } of compiled) {
        const text = withLines(ts, path) ?? data;
        if (code.has(path) && code.get(path) !== text) edited.add(path);
        forget(path);
        code.set(path, text);
      }
    },
    reload: () => {
      for (const file of [...loaded.keys()]) {
        const text = withLines(ts, file);
        if (text === undefined || text === code.get(file)) continue;
        forget(file);
        edited.add(file);
        code.set(file, text);
      }
      const renewals = renew(old.map(([file, exports]) => [exports, load(file) as object]));
      const files = edited.size;
      edited.clear();
      return { files, renewals };
    },
  };
}

/** The file in CommonJS, with the map by which Node gives frames their TypeScript lines; tslab drops its own. */
function withLines(ts: typeof TypeScript, path: string): string | undefined {
  const file = path.replace(/\.js$/, '.ts');
  const source = textOf(file);
  if (source === undefined) return undefined; // JavaScript, or a module that a cell made
  const { CommonJS } = ts.ModuleKind;
  const compilerOptions = { module: CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true, experimentalDecorators: true };
  return ts.transpileModule(source, { fileName: file, compilerOptions: { ...compilerOptions, inlineSourceMap: true } }).outputText;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
