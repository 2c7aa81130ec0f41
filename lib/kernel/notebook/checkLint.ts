/**
 * The cells of a notebook as biome sees them in one file: what is imported or declared for nothing, what cannot be reached,
 * what compares loosely. Rules about the form of files and about exports have no sense in cells and are off.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as TypeScript from 'typescript';
import { cellsFile } from './cellsFile';
import type { Finding } from './finding';
import { type Cell, type CodeCell, type Notebook, tagsOf } from './notebook';

const RULES = {
  preset: 'recommended',
  correctness: { noUnusedFunctionParameters: 'error', noUnusedImports: 'error', noUnusedVariables: 'error' },
  suspicious: {
    noDebugger: 'error',
    noDoubleEquals: 'error',
    noExplicitAny: 'error',
    noIrregularWhitespace: 'error',
    noRedeclare: 'off', // the type check says it, with the cell of the first
    noUnassignedVariables: 'error',
    noVar: 'error',
  },
  complexity: { noUselessEmptyExport: 'off', useLiteralKeys: 'off' }, // ours makes the file a module
  style: { noNonNullAssertion: 'off', useConst: 'error', useImportType: 'off', useNodejsImportProtocol: 'error' },
} as const;

type Diagnostics = {
  readonly diagnostics: readonly {
    readonly code?: { readonly value?: string };
    readonly location: { readonly path: string; readonly range?: { readonly start: { readonly line: number; readonly column: number } } };
    readonly message: string;
  }[];
};

/** The program of biome, a development dependency of the project; undefined where it is not installed. */
export function findBiome(root: string): string | undefined {
  try {
    return require.resolve('@biomejs/biome/bin/biome', { paths: [root] });
  } catch {
    return undefined;
  }
}

export function checkLint(notebook: Notebook, biome: string): Finding[] {
  const { text, placeOf } = cellsFile(notebook, textOf);
  const folder = mkdtempSync(join(tmpdir(), 'fovea-lint-'));
  try {
    writeFileSync(join(folder, 'biome.json'), JSON.stringify({ root: true, formatter: { enabled: false }, linter: { rules: RULES } }));
    writeFileSync(join(folder, 'notebook.ts'), text);
    const words = ['lint', '--reporter=rdjson', '--max-diagnostics=none', 'notebook.ts'];
    const { stdout, stderr, error } = spawnSync(process.execPath, [biome, ...words], { cwd: folder, encoding: 'utf8' });
    if (error || !stdout.startsWith('{')) throw new Error(`biome gave no report: ${error?.message ?? stderr.trim()}`);
    const lines = text.split('\n');
    return (JSON.parse(stdout) as Diagnostics).diagnostics.flatMap(({ code, location: { range }, message }) => {
      const rule = code?.value ?? '';
      if (!range || !rule.startsWith('lint/')) return []; // what cannot be read is told by the type check
      const { line, column } = range.start;
      const place = placeOf(line - 1, charactersIn(lines[line - 1] ?? '', column - 1));
      if (meantToFail(notebook.cells[place.cell - 1]!)) return [];
      return [{ ...place, message: `${message.replace(/\.$/, '')} (${rule.split('/').at(-1)})` }];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** biome counts characters, TypeScript and editors the halves of a character beyond the first plane. */
const charactersIn = (line: string, count: number): number => [...line].slice(0, count).join('').length;

const meantToFail = (cell: Cell): boolean => tagsOf(cell).includes('raises-exception');

/** A cell that is meant to fail may use what others import, if it can be read; a name at the end of a cell is shown, thus used. */
function textOf(cell: CodeCell): string | undefined {
  const ts = require('typescript') as typeof TypeScript;
  const { diagnostics = [] } = ts.transpileModule(`export {};\n${cell.source}`, { reportDiagnostics: true });
  if (diagnostics.length > 0 && meantToFail(cell)) return undefined;
  const last = ts.createSourceFile('cell.ts', cell.source, ts.ScriptTarget.ES2022).statements.at(-1);
  const shown = last && ts.isExpressionStatement(last) && ts.isIdentifier(last.expression) ? last.expression.text : undefined;
  return shown === undefined ? cell.source : `${cell.source}\n;[${shown}]`;
}
