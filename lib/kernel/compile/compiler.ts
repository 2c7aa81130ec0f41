/**
 * tslab's TypeScript, with source maps. tslab compiles a cell in two steps (TypeScript to ES modules, these to CommonJS)
 * and drops the maps of both; here its compiler module is replaced, before tslab loads it, by a copy that keeps them.
 * The second step also makes a cell's awaits and imports the kernel's own (cellTransform.ts).
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as TypeScript from 'typescript';
import { projectRoot } from '../../native/projectRoot';
import { type CellMaps, readMaps } from '../cells/cellSources';
import { type Found, prepareCell } from './cellTransform';
import { loadCached } from './codeCache';
import { writingOutShorthands } from './shorthand';

type Converters = typeof import('tslab/dist/converter.js');
type Metadata = typeof import('tslab/dist/metadata.js');
type Inspection = typeof import('tslab/dist/inspect.js');

export type CompiledCell = Found & { readonly maps: CellMaps };

export type Compiler = {
  readonly version: string;
  readonly typescript: typeof TypeScript;
  readonly converters: Converters;
  readonly metadata: Metadata;
  readonly inspection: Inspection;
  /** Makes the next kernel's start quicker. */
  readonly keepCode: () => void;
  /** What is known of the cell compiled last. */
  readonly lastCell: () => CompiledCell;
};

/** To be called once in a process, before anything of tslab is loaded. */
export function loadCompiler(): Compiler {
  const fromTslab = createRequire(require.resolve('tslab/dist/converter.js'));
  const id = fromTslab.resolve('@tslab/typescript-for-tslab');
  const { exports, keep } = loadCached(id, join(projectRoot(), '.jupyter', 'cache'));
  const real = exports as typeof TypeScript;
  let last: CompiledCell | undefined;

  // its exports cannot be redefined, so a copy with getters stands in for it
  const copy = {} as typeof TypeScript;
  for (const name of Object.keys(real)) {
    Object.defineProperty(copy, name, { enumerable: true, configurable: true, get: () => real[name as keyof typeof TypeScript] });
  }
  replace(copy, 'createWatchCompilerHost', cellHost(real));
  replace(copy, 'transpileModule', (source: string, options: TypeScript.TranspileOptions) => {
    if (options.fileName !== 'custom.js') return real.transpileModule(source, options);
    const { code, map } = splitInlineMap(source);
    if (map === undefined || !/__tslab__\.ts/.test(map)) return real.transpileModule(code, options); // a module beside the notebook
    const found: Found = { asynchronous: false, names: new Set() };
    const result = real.transpileModule(code, {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
      transformers: prepareCell(real, found),
    });
    last = { ...found, maps: readMaps(map, result.sourceMapText ?? '') };
    return { ...result, outputText: splitInlineMap(result.outputText).code };
  });
  require.cache[id]!.exports = copy;

  return {
    version: real.version,
    typescript: real,
    converters: require('tslab/dist/converter.js') as Converters,
    metadata: require('tslab/dist/metadata.js') as Metadata,
    inspection: require('tslab/dist/inspect.js') as Inspection,
    keepCode: keep,
    lastCell: () => last!,
  };
}

function replace<K extends keyof typeof TypeScript>(target: typeof TypeScript, name: K, value: unknown): void {
  Object.defineProperty(target, name, { enumerable: true, configurable: true, value });
}

/** tslab's own options but for these. */
function cellHost(ts: typeof TypeScript): (...args: unknown[]) => unknown {
  const create = ts.createWatchCompilerHost as (...args: unknown[]) => unknown;
  const program = writingOutShorthands(ts, ts.createEmitAndSemanticDiagnosticsBuilderProgram);
  const own = {
    inlineSourceMap: true,
    disableTopLevelAwait: false, // tslab's own way with await cannot tell `await (x)` from a call
    moduleResolution: ts.ModuleResolutionKind.Bundler, // reads the `exports` of a package, where newer ones have their types
    types: ['node'], // else every package of @types is read at the start, a third of its time
  };
  const ours = join(projectRoot(), 'node_modules', '@types'); // for notebooks outside of the project
  return (files, options, system, _program, ...rest) => {
    const given = options as TypeScript.CompilerOptions;
    return create(files, { ...given, ...own, typeRoots: [...(given.typeRoots ?? []), ours] }, system, program, ...rest);
  };
}

function splitInlineMap(source: string): { code: string; map: string | undefined } {
  const found = /\n\/\/# sourceMappingURL=(?:data:application\/json;base64,([\w+/=]+))?\S*\s*$/.exec(source);
  if (!found) return { code: source, map: undefined };
  return {
    code: `${source.slice(0, found.index)}\n`,
    map: found[1] === undefined ? undefined : Buffer.from(found[1], 'base64').toString('utf8'),
  };
}
