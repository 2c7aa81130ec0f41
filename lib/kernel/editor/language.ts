/** What an editor asks of a kernel beside running cells: who it is, completion, what is under the cursor, whole or half input. */
import type { Converter } from 'tslab/dist/converter.js';
import type { QuickInfo } from 'typescript';
import type { Compiler } from '../compile/compiler';
import type { ErrorContent } from '../errors/traceback';
import { type Json, PROTOCOL } from '../protocol/message';
import { completionTypes } from './completionTypes';
import { isComplete } from './isComplete';
import { type Question, question, unknownName } from './pager';
import { describeName } from './quickInfo';

export type Language = {
  readonly kernelInfo: () => Json;
  readonly complete: (content: Json) => Json;
  readonly inspect: (content: Json) => Json;
  readonly isComplete: (content: Json) => Json;
  /** What `name?` shows, or that there is no such name. */
  readonly explain: (asked: Question) => { readonly data: Json } | { readonly error: ErrorContent };
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
  const { typescript: ts } = compiler;
  const completed = (code: string, at: number): ReturnType<Converter['complete']> => converter().complete(declared(), code, at);

  /** Of a value that nobody declared TypeScript says `any`, without a kind, and of a type that it is unresolved. */
  const infoAt = (code: string, at: number): QuickInfo | undefined => {
    const info = converter().inspect(declared(), code, at) as QuickInfo | undefined;
    const unknown = info?.kind === '' || info?.displayParts?.some(({ text }) => text.includes('/*unresolved*/'));
    return unknown ? undefined : info;
  };

  /** A name by itself, of a value or of a type. */
  const infoOf = (name: string): QuickInfo | undefined => {
    const asType = `type _ = ${name}`;
    return infoAt(name, name.length) ?? infoAt(asType, asType.length);
  };

  /** Names that may stand where the last part of `name` stands. */
  const besides = (name: string): readonly string[] => {
    const owner = name.slice(0, name.lastIndexOf('.') + 1);
    return (completed(owner, owner.length).original?.entries ?? []).filter(({ kind }) => kind !== 'keyword').map((entry) => entry.name);
  };

  /** As an earlier cell declared it, with members, which the signature of a class leaves out. */
  const declarationOf = (name: string): string | undefined => {
    const file = ts.createSourceFile('declared.d.ts', declared(), ts.ScriptTarget.ES2022, true);
    const found = file.statements.filter(
      (node) => (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node)) && node.name?.text === name,
    );
    return found.length === 0 ? undefined : found.map((node) => node.getText(file).replace(/^declare /, '')).join('\n');
  };

  return {
    kernelInfo: () => ({
      status: 'ok',
      protocol_version: PROTOCOL,
      implementation: 'fovea',
      implementation_version: version,
      language_info: languageInfo(compiler.version),
      banner: `Fovea ${version}: TypeScript ${compiler.version} on Node.js ${process.versions.node}`,
      debugger: false,
      supported_features: [],
      help_links: [],
    }),
    complete: (content) => {
      const { code, at } = cursor(content);
      const { candidates, start, end, original } = completed(code, at);
      const range = { start: toPoints(code, start), end: toPoints(code, end) };
      return {
        status: 'ok',
        matches: candidates,
        cursor_start: range.start,
        cursor_end: range.end,
        metadata: completionTypes(candidates, original?.entries ?? [], range),
      };
    },
    inspect: (content) => {
      const { code, at } = cursor(content);
      const info = infoAt(code, at);
      if (!info) return { status: 'ok', found: false, data: {}, metadata: {} };
      const detail = content.detail_level === 1 ? 1 : 0;
      const { start, length } = info.textSpan;
      return {
        status: 'ok',
        found: true,
        data: describeName(info, detail, declarationOf(code.slice(start, start + length))),
        metadata: {},
      };
    },
    isComplete: ({ code }) => {
      const text = String(code ?? '');
      return question(text) ? { status: 'complete' } : isComplete(ts, text);
    },
    explain: ({ name, detail }) => {
      const info = infoOf(name);
      if (info) return { data: describeName(info, detail, declarationOf(name)) };
      const parts = name.split('.');
      const unknown = parts.map((_, at) => parts.slice(0, at + 1).join('.')).find((part) => !infoOf(part)) ?? name;
      return { error: unknownName(unknown, besides(unknown)) };
    },
  };
}

/** Jupyter counts characters, JavaScript counts halves of some of them. Where nothing is said, the cursor is at the end. */
function cursor({ code, cursor_pos }: Json): { readonly code: string; readonly at: number } {
  const text = String(code ?? '');
  return { code: text, at: typeof cursor_pos === 'number' ? [...text].slice(0, cursor_pos).join('').length : text.length };
}

const toPoints = (text: string, units: number): number => [...text.slice(0, units)].length;
