/**
 * Whether a console should run what was typed or wait for more: `incomplete` where the first thing wrong is that the text
 * ends, `invalid` where something before its end is wrong already, which no further line mends.
 */
import type * as TypeScript from 'typescript';
import type { Json } from '../protocol/message';

type Ts = typeof TypeScript;

const PREFIX = 'export {};'; // makes it a module, where `await` may stand outside of functions
const UNTERMINATED_STRING = 1002; // a string ends with its line, a template or a comment may go on
const UNTERMINATED_REGEX = 1161;
const INDENT = 2;

export function isComplete(ts: Ts, code: string): Json {
  const file = ts.createSourceFile('cell.ts', `${PREFIX}${code}`, ts.ScriptTarget.ES2022, false, ts.ScriptKind.TS);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly TypeScript.DiagnosticWithLocation[] };
  const [first] = [...parseDiagnostics].sort((a, b) => a.start - b.start);
  if (!first) return { status: 'complete' };
  const broken = [UNTERMINATED_STRING, UNTERMINATED_REGEX].includes(first.code) && !code.endsWith('\\\n');
  return first.start < file.endOfFileToken.pos || broken
    ? { status: 'invalid' }
    : { status: 'incomplete', indent: ' '.repeat(indentAfter(ts, code)) };
}

/** Two columns more than the line with the innermost bracket that is still open, or as much as the last line. */
function indentAfter(ts: Ts, code: string): number {
  const { SyntaxKind: Kind } = ts;
  const closes = new Map([
    [Kind.CloseBraceToken, Kind.OpenBraceToken],
    [Kind.CloseParenToken, Kind.OpenParenToken],
    [Kind.CloseBracketToken, Kind.OpenBracketToken],
  ]);
  const opened: { kind: TypeScript.SyntaxKind; at: number }[] = [];
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, true, ts.LanguageVariant.Standard, code);
  for (let kind = scanner.scan(); kind !== Kind.EndOfFileToken; kind = scanner.scan()) {
    const top = opened.at(-1)?.kind;
    if (kind === Kind.CloseBraceToken && top === Kind.TemplateHead) kind = scanner.reScanTemplateToken(false);
    if (kind === Kind.TemplateTail || (top !== undefined && closes.get(kind) === top)) opened.pop();
    else if (kind === Kind.TemplateHead || [...closes.values()].includes(kind)) opened.push({ kind, at: scanner.getTokenPos() });
  }
  const innermost = opened.at(-1);
  return innermost ? indentAt(code, innermost.at) + INDENT : indentAt(code, code.length);
}

function indentAt(code: string, at: number): number {
  const line = code.slice(code.lastIndexOf('\n', at - 1) + 1);
  return line.length - line.trimStart().length;
}
