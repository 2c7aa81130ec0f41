/**
 * A cell needs no `export`: all that it declares is there for the next cells. Code brought from a file often has it, and
 * tslab, which adds its own, refuses it; so it is blanked out, and every place keeps its line and column.
 */
import type * as TypeScript from 'typescript';

export function withoutExport(ts: typeof TypeScript, source: string): string {
  if (!source.includes('export')) return source;
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  let text = source;
  for (const statement of file.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) continue;
    const word = modifiers.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const list = ts.isExportDeclaration(statement) && !statement.moduleSpecifier ? statement : undefined;
    const gone = word ?? list;
    if (gone) text = blanked(text, gone.getStart(file), gone.end);
  }
  return text;
}

const blanked = (text: string, from: number, to: number): string =>
  text.slice(0, from) + text.slice(from, to).replaceAll(/[^\n]/g, ' ') + text.slice(to);
