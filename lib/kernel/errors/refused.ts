/** What is shown of a cell that TypeScript refused, and that was therefore not run: each message with its place and its line. */
import type { Diagnostic } from 'tslab/dist/converter.js';
import { type CellSources, cellFile } from '../cells/cellSources';
import { bold } from './bold';
import { excerpt } from './excerpt';
import { hintFor } from './remedy';
import type { ErrorContent } from './traceback';

const SHOWN = 8;
const HINTS = 3;

/** A message with the chain of its reasons, which tslab gives one after another at the same place. */
type Refusal = { readonly first: Diagnostic; readonly reasons: string[] };

export function refusedContent(diagnostics: readonly Diagnostic[], cell: number, sources: CellSources): ErrorContent {
  const refusals = together(diagnostics);
  const traceback = [`${bold('TypeScriptError')}: the cell was not run`];
  const hints = new Set<string>();
  for (const { first, reasons } of refusals.slice(0, SHOWN)) {
    const { fileName, start, end, messageText, code } = first;
    const [line, column] = [start.line + 1, start.character + 1];
    traceback.push(`${bold(`${fileName ?? cellFile(cell)}:${line}:${column}`)} ${messageText} (TS${code})`, ...indented(reasons));
    if (fileName === undefined) {
      const length = end.line === start.line ? end.character - start.character : Number.POSITIVE_INFINITY; // to the end of the line
      traceback.push(...excerpt({ source: sources.source(cell), line, column, length }));
    }
    const hint = hintFor({ message: messageText, sources });
    if (hint !== undefined) hints.add(hint);
  }
  if (refusals.length > SHOWN) traceback.push(`and ${refusals.length - SHOWN} more`);
  traceback.push(...[...hints].slice(0, HINTS));
  const { fileName, start, messageText } = refusals[0]!.first;
  const where = fileName === undefined ? '' : `${fileName}:`;
  return { ename: 'TypeScriptError', evalue: `${where}${start.line + 1}:${start.character + 1} ${messageText}`, traceback };
}

function together(diagnostics: readonly Diagnostic[]): Refusal[] {
  const refusals: Refusal[] = [];
  for (const diagnostic of diagnostics) {
    const { first, reasons } = refusals.at(-1) ?? {};
    // only the head of a chain names its file
    const continues = first && diagnostic.start.offset === first.start.offset && [undefined, first.fileName].includes(diagnostic.fileName);
    if (continues) reasons?.push(diagnostic.messageText);
    else refusals.push({ first: diagnostic, reasons: [] });
  }
  return refusals;
}

/** Each reason below the one it explains; the overloads of a function side by side. */
function indented(reasons: readonly string[]): string[] {
  let depth = 0;
  return reasons.map((reason) => {
    depth = /^Overload \d+ of \d+/.test(reason) ? 1 : depth + 1;
    return `${' '.repeat(2 + 2 * depth)}${reason}`;
  });
}
