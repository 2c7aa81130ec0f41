/**
 * Runs cells: compiles one with tslab's converter, runs it, and keeps what it declares for the cells after it. A cell's
 * declarations become properties of one object, which is how a later cell may declare a name again.
 */
import vm from 'node:vm';
import type { Converter, Diagnostic } from 'tslab/dist/converter.js';
import { pause } from './cellContext';
import { type CellSources, cellFile } from './cellSources';
import { type Compiler, PAUSE } from './compiler';
import { localModules } from './localModules';

export type Outcome =
  | { readonly status: 'ok'; readonly value: unknown }
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly status: 'threw'; readonly error: unknown };

export type Executor = {
  /** `run` enters the cell's context. Code that goes on after an interrupt can no longer change what later cells see declared. */
  readonly execute: (cell: number, source: string, run: <T>(body: () => T) => T, stopped: Promise<never>) => Promise<Outcome>;
  readonly converter: () => Converter;
  /** What earlier cells have declared, as TypeScript declarations. */
  readonly declared: () => string;
  readonly close: () => void;
};

type Runtime = { exports: object; require: (id: string) => unknown; pause: (value: unknown) => unknown };

const RUNTIME = '__fovea__';
const PARAMETERS = `exports, require, ${PAUSE}`;
const ARGUMENTS = `${RUNTIME}.exports, ${RUNTIME}.require, ${RUNTIME}.pause`;

type Shield = <T>(body: () => T) => T;

/** `shield` holds interrupts back while tslab compiles: ended half-way it could not compile again. */
export function cellExecutor(compiler: Compiler, sources: CellSources, folder: string, shield: Shield): Executor {
  let converter: Converter | undefined;
  let declared = '';
  const values: Record<string, unknown> = {};
  const modules = localModules(folder);
  const runtime: Runtime = { exports: declarations(values), require: modules.require, pause };
  Object.defineProperty(globalThis, RUNTIME, { value: runtime });

  // tslab's first compilation takes a second or two, so it is left until it is needed
  const ready = (): Converter => {
    converter ??= shield(() => compiler.converters.createConverter({ isJS: false, isBrowser: false }));
    return converter;
  };

  return {
    converter: ready,
    declared: () => declared,
    close: () => converter?.close(),
    execute: async (cell, source, run, stopped) => {
      const { module } = compiler.metadata.getCodeMetadata(source);
      sources.add(cell, source, undefined);
      if (module !== undefined) {
        const diagnostics = shield(() => ready().addModule(module, source));
        return diagnostics.length > 0 ? { status: 'refused', diagnostics } : { status: 'ok', value: undefined };
      }
      const compiled = shield(() => ready().convert(declared, source));
      modules.update(compiled.sideOutputs ?? []);
      if (compiled.diagnostics.length > 0) return { status: 'refused', diagnostics: compiled.diagnostics };
      if (compiled.output) {
        sources.add(cell, source, compiler.lastMaps());
        const code = `(${compiled.hasToplevelAwait ? 'async ' : ''}function(${PARAMETERS}) { ${compiled.output}\n})(${ARGUMENTS})`;
        try {
          const result = run(() => vm.runInThisContext(code, { filename: cellFile(cell), breakOnSigint: true }));
          await Promise.race([result, stopped]);
        } catch (error) {
          return { status: 'threw', error };
        }
      }
      declared = compiled.declOutput ?? '';
      return { status: 'ok', value: take(values, compiled.lastExpressionVar) };
    },
  };
}

/** What cells see as `exports`: an import is stored as a plain value, so that a later cell may declare its name anew. */
function declarations(values: Record<string, unknown>): object {
  return new Proxy(values, {
    defineProperty: (_target, name, attributes) => {
      if (name !== '__esModule') values[name as string] = attributes.get ? attributes.get() : attributes.value;
      return true;
    },
  });
}

function take(values: Record<string, unknown>, name: string | undefined): unknown {
  if (name === undefined) return undefined;
  const value = values[name];
  delete values[name];
  return value;
}
