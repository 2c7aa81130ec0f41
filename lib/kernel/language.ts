/** What an editor asks of a kernel beside running cells: who it is, completion, the type under the cursor, whole or half input. */
import type { Converter } from 'tslab/dist/converter.js';
import type { Compiler } from './compiler';
import type { Json } from './message';

export type Language = {
  readonly kernelInfo: () => Json;
  readonly complete: (content: Json) => Json;
  readonly inspect: (content: Json) => Json;
  readonly isComplete: (content: Json) => Json;
};

type Source = { readonly converter: () => Converter; readonly declared: () => string };

/** What the kernel says of its language, as JupyterLab writes it into a notebook. */
export function languageInfo(version: string): Json {
  return {
    codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
    file_extension: '.ts',
    mimetype: 'text/typescript',
    name: 'typescript',
    version,
  };
}

export function language(compiler: Compiler, { converter, declared }: Source, version: string): Language {
  return {
    kernelInfo: () => ({
      status: 'ok',
      protocol_version: '5.3',
      implementation: 'fovea',
      implementation_version: version,
      language_info: languageInfo(compiler.version),
      banner: `Fovea ${version}: TypeScript ${compiler.version} on Node.js ${process.versions.node}`,
      help_links: [],
    }),
    complete: ({ code, cursor_pos }) => {
      const text = String(code ?? '');
      const found = converter().complete(declared(), text, toUnits(text, Number(cursor_pos ?? 0)));
      return {
        status: 'ok',
        matches: found.candidates,
        cursor_start: toPoints(text, found.start),
        cursor_end: toPoints(text, found.end),
        metadata: {},
      };
    },
    inspect: ({ code, cursor_pos }) => {
      const text = String(code ?? '');
      const found = converter().inspect(declared(), text, toUnits(text, Number(cursor_pos ?? 0))) as
        | ReturnType<Converter['inspect']>
        | undefined;
      if (!found) return { status: 'ok', found: false, data: {}, metadata: {} };
      return { status: 'ok', found: true, data: { 'text/plain': compiler.inspection.printQuickInfo(found) }, metadata: {} };
    },
    isComplete: ({ code }) => {
      const { completed, indent } = compiler.converters.isCompleteCode(String(code ?? ''));
      return completed ? { status: 'complete' } : { status: 'incomplete', indent: indent ?? '' };
    },
  };
}

/** Jupyter counts characters, JavaScript counts halves of some of them. */
const toUnits = (text: string, points: number): number => [...text].slice(0, points).join('').length;
const toPoints = (text: string, units: number): number => [...text.slice(0, units)].length;
