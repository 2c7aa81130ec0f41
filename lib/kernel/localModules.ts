/** `require` as cells see it: from the notebook's folder, with TypeScript files below it compiled in memory by tslab. */
import Module, { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type { SideOutput } from 'tslab/dist/converter.js';

export type LocalModules = { readonly require: (id: string) => unknown; readonly update: (compiled: readonly SideOutput[]) => void };

/** Node's own module loader, of which the types leave these out. */
type Compiling = Module & { _compile: (code: string, filename: string) => void };
type Loader = { _nodeModulePaths: (folder: string) => string[] };

export function localModules(folder: string): LocalModules {
  const code = new Map<string, string>();
  const loaded = new Map<string, Module>();
  const fromFolder = createRequire(join(folder, 'cell.js'));

  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = new Module(file) as Compiling;
    module.filename = file;
    module.paths = (Module as unknown as Loader)._nodeModulePaths(dirname(file));
    loaded.set(file, module); // before it runs: modules may require each other in a circle
    const own = createRequire(file);
    module.require = Object.assign((id: string) => resolve(id, dirname(file), own), own) as NodeJS.Require;
    try {
      module._compile(code.get(file)!, file);
    } catch (error) {
      loaded.delete(file);
      throw error;
    }
    return module.exports;
  };

  const resolve = (id: string, from: string, otherwise: NodeJS.Require): unknown => {
    if (id === 'tslab') return require('tslab'); // the kernel's own copy, also where the notebook's folder has none
    const file = join(from, extname(id) === '' ? `${id}.js` : id);
    return id.startsWith('.') && code.has(file) ? load(file) : otherwise(id);
  };

  return {
    require: (id) => resolve(id, folder, fromFolder),
    update: (compiled) => {
      for (const { path, data } of compiled) {
        loaded.delete(path);
        code.set(path, data);
      }
    },
  };
}
