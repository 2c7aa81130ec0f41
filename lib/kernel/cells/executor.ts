/**
 * Runs cells: compiles one with tslab's converter, runs it, and keeps what it declares for the cells after it. A cell's
 * declarations become properties of one object, which is how a later cell may declare a name again.
 */
import vm from 'node:vm';
import type { Converter, ConvertResult, Diagnostic } from 'tslab/dist/converter.js';
import { RUNTIME } from '../compile/cellTransform';
import type { Compiler } from '../compile/compiler';
import { declaredByFailed, withNamespaces } from '../compile/declared';
import { localModules } from '../compile/localModules';
import { packages } from '../compile/packages';
import { type Insertion, inserted, typesForUnnamed } from '../compile/unnamed';
import { withoutExport } from '../compile/withoutExport';
import { each, pause } from './cellContext';
import { cellValues } from './cellExports';
import { type CellSources, cellFile } from './cellSources';
import { RELOAD, type ReloadCells } from './renew';

export type Outcome =
  | { readonly status: 'ok'; readonly value: unknown }
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly status: 'threw'; readonly error: unknown };

export type Executor = {
  /** `run` enters the cell's context. Code that goes on after an interrupt can no longer change what later cells see declared. */
  readonly execute: (cell: number, source: string, run: Run, stopped: Promise<never>) => Promise<Outcome>;
  readonly converter: () => Converter;
  /** What earlier cells have declared, as TypeScript declarations. */
  readonly declared: () => string;
  readonly close: () => void;
};

type Run = <T>(body: () => T) => T;
type Shield = <T>(body: () => T) => T;

const { setImmediate } = globalThis; // the process's own, not that of cells

/** `shield` holds interrupts back while tslab compiles: ended half-way it could not compile again. */
export function cellExecutor(compiler: Compiler, sources: CellSources, folder: string, shield: Shield): Executor {
  const ts = compiler.typescript;
  let converter: Converter | undefined;
  let declared = '';
  let keep = (): void => {}; // what a cell declared whose code was ended from outside, which never returns
  const values = cellValues();
  const local = localModules(ts, folder);
  const modules = packages(folder, local.require);
  const runtime = { exports: {}, require: modules.require, load: modules.load, pause, each };
  Object.defineProperty(globalThis, RUNTIME, { value: runtime });
  const reloadCells: ReloadCells = (library) => {
    const { files, renewals } = local.reload();
    return { files, names: values.renew(new Map([...library, ...renewals])) };
  };
  Object.defineProperty(globalThis, RELOAD, { value: reloadCells });

  // tslab's first compilation takes a second or so, so it is left until it is needed
  const ready = (): Converter => {
    converter ??= shield(() => compiler.converters.createConverter({ isJS: false, isBrowser: false }));
    return converter;
  };

  const known = (): string => {
    keep();
    return declared;
  };

  const compile = (source: string): { compiled: ConvertResult; insertions: readonly Insertion[] } => {
    const plain = withoutExport(ts, source);
    const compiled = ready().convert(known(), plain);
    const insertions = typesForUnnamed(ts, plain, compiled.diagnostics) ?? [];
    if (insertions.length === 0) return { compiled, insertions };
    return { compiled: ready().convert(declared, inserted(plain, insertions)), insertions };
  };

  return {
    converter: ready,
    declared: known,
    close: () => converter?.close(),
    execute: async (cell, source, run, stopped) => {
      const { module } = compiler.metadata.getCodeMetadata(source);
      sources.add(cell, source, undefined);
      if (module !== undefined) {
        const diagnostics = shield(() => ready().addModule(module, source));
        return diagnostics.length > 0 ? { status: 'refused', diagnostics } : { status: 'ok', value: undefined };
      }
      const { compiled, insertions } = shield(() => compile(source));
      const { output, diagnostics, sideOutputs = [], lastExpressionVar } = compiled;
      local.update(sideOutputs);
      if (diagnostics.length > 0) return { status: 'refused', diagnostics };
      const after = withNamespaces(ts, declared, compiled.declOutput ?? '');
      if (output) {
        const { maps, asynchronous, names } = compiler.lastCell();
        sources.add(cell, source, { ...maps, insertions });
        const own = values.forCell(names);
        const before = declared;
        keep = () => {
          keep = () => {};
          declared = declaredByFailed(ts, before, after, new Set([...names].filter((name) => !own.declared.has(name))));
        };
        try {
          const imports = ts.preProcessFile(output, true, true).importedFiles.map(({ fileName }) => fileName);
          if (imports.length > 0) await Promise.race([run(() => modules.prepare(imports)), stopped]);
          // an interrupt that came while TypeScript compiled is heard before the cell begins
          await Promise.race([new Promise((done) => setImmediate(done)), stopped]);
          runtime.exports = own.exports;
          const code = `(${asynchronous ? 'async ' : ''}function(exports, require) { ${output}\n})(${RUNTIME}.exports, ${RUNTIME}.require)`;
          const result = run(() => vm.runInThisContext(code, { filename: cellFile(cell) }));
          await Promise.race([result, stopped]);
        } catch (error) {
          keep();
          return { status: 'threw', error };
        }
      }
      keep = () => {};
      declared = after;
      return { status: 'ok', value: values.take(lastExpressionVar) };
    },
  };
}
