/**
 * tslab keeps the type of what a cell declares as text, and refuses the cell where TypeScript cannot write it: above all
 * `const m = await import('fs')`. Here such a declaration is given a type, so that the cell runs: that of the module, or
 * `any` where the type has no name outside of its own file.
 */
import type { Diagnostic } from 'tslab/dist/converter.js';
import type * as TypeScript from 'typescript';

/** Text put into a line of the cell, which moves what stands to its right. */
export type Insertion = { readonly line: number; readonly column: number; readonly text: string };

/** "... has or is using name ... but cannot be named", in its variants. */
const UNNAMED = new Set([2742, 2527, 2883, 4023, 4025, 4058, 4060, 4094, 7056]);

/** Undefined where something else is wrong with the cell, or nothing. */
export function typesForUnnamed(ts: typeof TypeScript, source: string, diagnostics: readonly Diagnostic[]): Insertion[] | undefined {
  if (diagnostics.length === 0 || !diagnostics.every(({ code, fileName }) => UNNAMED.has(code) && fileName === undefined)) return undefined;
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  const insertions = new Map<number, string>();
  for (const { start } of diagnostics) {
    const found = file.statements
      .flatMap((statement) => untyped(ts, statement))
      .find(({ from, to }) => from <= start.offset && start.offset <= to);
    if (!found) return undefined;
    insertions.set(found.at, found.text);
  }
  return [...insertions].map(([at, text]) => {
    const { line, character } = file.getLineAndCharacterOfPosition(at);
    return { line: line + 1, column: character + 1, text };
  });
}

export function inserted(source: string, insertions: readonly Insertion[]): string {
  const lines = source.split('\n');
  for (const { line, column, text } of [...insertions].sort((a, b) => b.column - a.column)) {
    const before = lines[line - 1]!;
    lines[line - 1] = before.slice(0, column - 1) + text + before.slice(column - 1);
  }
  return lines.join('\n');
}

/** The column in the cell as it was written. */
export function columnWritten(insertions: readonly Insertion[], line: number, column: number): number {
  const before = [...insertions].sort((a, b) => a.column - b.column).filter((one) => one.line === line);
  return before.reduce((at, { column: from, text }) => (at > from ? Math.max(from, at - text.length) : at), column);
}

type Untyped = { readonly from: number; readonly to: number; readonly at: number; readonly text: string };

/** Declarations without a type of their own, with the text that gives them one and where it goes. */
function untyped(ts: typeof TypeScript, statement: TypeScript.Statement): Untyped[] {
  if (ts.isFunctionDeclaration(statement) && statement.name && !statement.type && statement.body) {
    const closed = statement.getChildren().find(({ kind }) => kind === ts.SyntaxKind.CloseParenToken);
    return closed ? [{ from: statement.getStart(), to: statement.end, at: closed.end, text: ': any' }] : [];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations
    .filter(({ name, type }) => ts.isIdentifier(name) && !type)
    .map(({ name, initializer, end }) => {
      const module = moduleType(ts, initializer);
      const typed = module === undefined ? { at: name.end, text: ': any' } : { at: end, text: ` as unknown as ${module}` };
      return { from: name.getStart(), to: end, ...typed };
    });
}

/** Of `await import('fs')`, with the `default` that it has beside the module's own names. */
function moduleType(ts: typeof TypeScript, value: TypeScript.Expression | undefined): string | undefined {
  if (!value || !ts.isAwaitExpression(value) || !ts.isCallExpression(value.expression)) return undefined;
  const { expression, arguments: given } = value.expression;
  const [id] = given;
  if (expression.kind !== ts.SyntaxKind.ImportKeyword || !id || !ts.isStringLiteralLike(id)) return undefined;
  const module = `typeof import(${JSON.stringify(id.text)})`;
  return `${module} & { default: ${module} }`;
}
