/**
 * ES modules for cells, whose own imports are `require`. Most packages load that way, also many ES modules; one that awaits
 * at its top, or has no entry for `require`, is imported as Node does it, before the cell runs.
 */
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';

export type Packages = {
  /** Imports those of the packages that `require` cannot load. */
  readonly prepare: (ids: readonly string[]) => Promise<void>;
  readonly require: (id: string) => unknown;
  /** What `import(id)` resolves to. */
  readonly load: (id: string) => Promise<unknown>;
};

type Require = (id: string) => unknown;
type Loaded = { readonly module: unknown } | { readonly error: unknown };

const ONLY_IMPORT = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

/** `folder` is where relative and bare names are looked up from. */
export function packages(folder: string, require: Require): Packages {
  const imported = new Map<string, Loaded>();
  const importFrom = vm.runInThisContext('(id) => import(id)', {
    filename: join(folder, 'cell.js'),
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (id: string) => Promise<unknown>;

  const prepare = async (id: string): Promise<void> => {
    try {
      require(id);
    } catch (error) {
      if (!onlyImport(error)) return; // the cell's own import will say it
      imported.set(
        id,
        await importFrom(id).then(
          (module) => ({ module: interoperable(module as object) }),
          (reason: unknown) => ({ error: reason }),
        ),
      );
    }
  };

  const get: Require = (id) => {
    const found = imported.get(id);
    if (!found) return require(id);
    if ('error' in found) throw found.error;
    return found.module;
  };

  return {
    prepare: async (ids) => {
      for (const id of ids) if (isPackage(id) && !imported.has(id)) await prepare(id);
    },
    require: get,
    load: async (id) => {
      try {
        return namespace(get(id));
      } catch (error) {
        if (!onlyImport(error)) throw error;
        return importFrom(id);
      }
    },
  };
}

const onlyImport = (error: unknown): boolean => ONLY_IMPORT.has(String((error as { code?: unknown } | null)?.code));
const isPackage = (id: string): boolean => !/^[./]|^node:/.test(id) && !builtinModules.includes(id) && id !== 'tslab';

/** An ES module as compiled imports want it: with the mark that its `default` is one of its names. */
const interoperable = (module: object): object => Object.defineProperty({ ...module }, '__esModule', { value: true });

/** A CommonJS module as `import()` gives it, `default` beside its names. */
function namespace(module: unknown): unknown {
  if (module === null || (typeof module !== 'object' && typeof module !== 'function')) return { default: module };
  if ('__esModule' in module || Symbol.toStringTag in module) return module;
  return Object.assign(Object.create(null), module, { default: module });
}
