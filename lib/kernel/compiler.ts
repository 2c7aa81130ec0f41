/**
 * tslab's TypeScript, with source maps. tslab compiles a cell in two steps (TypeScript to ES modules, these to CommonJS)
 * and drops the maps of both; here its compiler module is replaced, before tslab loads it, by a copy that keeps them.
 * The second step also turns each `await x` of a cell into `await __pause__(x)`, which is where an interrupted cell ends.
 */
import { createRequire } from 'node:module';
import type * as TypeScript from 'typescript';
import { type CellMaps, readMaps } from './cellSources';
import { writingOutShorthands } from './shorthand';

/** What a cell's compiled code calls before it awaits. */
export const PAUSE = '__pause__';

type Converters = typeof import('tslab/dist/converter.js');
type Metadata = typeof import('tslab/dist/metadata.js');
type Inspection = typeof import('tslab/dist/inspect.js');

export type Compiler = {
  readonly version: string;
  readonly converters: Converters;
  readonly metadata: Metadata;
  readonly inspection: Inspection;
  /** The maps of the cell compiled last. */
  readonly lastMaps: () => CellMaps | undefined;
};

/** To be called once in a process, before anything of tslab is loaded. */
export function loadCompiler(): Compiler {
  const fromTslab = createRequire(require.resolve('tslab/dist/converter.js'));
  const id = fromTslab.resolve('@tslab/typescript-for-tslab');
  const real = fromTslab(id) as typeof TypeScript;
  let maps: CellMaps | undefined;

  // its exports cannot be redefined, so a copy with getters stands in for it
  const copy = {} as typeof TypeScript;
  for (const name of Object.keys(real)) {
    Object.defineProperty(copy, name, { enumerable: true, configurable: true, get: () => real[name as keyof typeof TypeScript] });
  }
  replace(copy, 'createWatchCompilerHost', withInlineMap(real));
  replace(copy, 'transpileModule', (source: string, options: TypeScript.TranspileOptions) => {
    if (options.fileName !== 'custom.js') return real.transpileModule(source, options);
    const { code, map } = splitInlineMap(source);
    const cell = map !== undefined && /__tslab__\.ts/.test(map);
    const result = real.transpileModule(code, {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
      ...(cell ? { transformers: { before: [pauseAtAwait(real)] } } : {}),
    });
    if (cell && result.sourceMapText !== undefined) maps = readMaps(map, result.sourceMapText);
    return { ...result, outputText: splitInlineMap(result.outputText).code };
  });
  require.cache[id]!.exports = copy;

  return {
    version: real.version,
    converters: require('tslab/dist/converter.js') as Converters,
    metadata: require('tslab/dist/metadata.js') as Metadata,
    inspection: require('tslab/dist/inspect.js') as Inspection,
    lastMaps: () => maps,
  };
}

function replace<K extends keyof typeof TypeScript>(target: typeof TypeScript, name: K, value: unknown): void {
  Object.defineProperty(target, name, { enumerable: true, configurable: true, value });
}

function withInlineMap(ts: typeof TypeScript): (...args: unknown[]) => unknown {
  const create = ts.createWatchCompilerHost as (...args: unknown[]) => unknown;
  const program = writingOutShorthands(ts, ts.createEmitAndSemanticDiagnosticsBuilderProgram);
  return (files, options, system, _program, ...rest) =>
    create(files, { ...(options as object), inlineSourceMap: true }, system, program, ...rest);
}

function splitInlineMap(source: string): { code: string; map: string | undefined } {
  const found = /\n\/\/# sourceMappingURL=(?:data:application\/json;base64,([\w+/=]+))?\S*\s*$/.exec(source);
  if (!found) return { code: source, map: undefined };
  return {
    code: `${source.slice(0, found.index)}\n`,
    map: found[1] === undefined ? undefined : Buffer.from(found[1], 'base64').toString('utf8'),
  };
}

function pauseAtAwait(ts: typeof TypeScript): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => {
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      const seen = ts.visitEachChild(node, visit, context);
      if (!ts.isAwaitExpression(seen)) return seen;
      const call = ts.factory.createCallExpression(ts.factory.createIdentifier(PAUSE), undefined, [seen.expression]);
      return ts.factory.updateAwaitExpression(seen, ts.setTextRange(call, seen.expression));
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };
}
