/** The lines around a place, with a mark under what is meant. */
import { bold } from './bold';

export type Marked = {
  readonly source: readonly string[];
  readonly line: number;
  readonly column: number;
  /** How many characters are meant; one where only the place is known. */
  readonly length?: number;
};

const WIDEST = 80; // a wrapped line would part the mark from what it marks
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u;
const ARROW = '  -->';

export function excerpt({ source, line, column, length = 1 }: Marked): string[] {
  const lines: string[] = [];
  const longest = (source[line - 1]?.length ?? 0) - WIDEST;
  const from = Math.max(0, Math.min(column - 1 - WIDEST / 2, longest)); // of a long line, the part around the mark
  for (let at = Math.max(1, line - 1); at <= Math.min(source.length, line + 1); at++) {
    const start = at === line ? from : 0;
    const text = cut(source[at - 1]!, start);
    const row = `${String(at).padStart(4)} | ${text}`;
    if (at !== line) {
      lines.push(`${' '.repeat(ARROW.length)}${row}`.trimEnd());
      continue;
    }
    const before = column - 1 - from;
    const marks = Math.max(1, Math.min(length, text.trimEnd().length - before));
    lines.push(`${bold(ARROW)}${row}`);
    lines.push(`${' '.repeat(ARROW.length + 7)}${blank(text.slice(0, before))}${bold('^'.repeat(marks))}`);
  }
  return lines;
}

/** As wide as the text: a tab stays one, East Asian characters and emoji take two columns. */
const blank = (text: string): string => text.replaceAll(/[^\t]/gu, (character) => (WIDE.test(character) ? '  ' : ' '));

function cut(text: string, from: number): string {
  const part = text.slice(from, from + WIDEST);
  const begun = from > 0 ? `…${part.slice(1)}` : part;
  return from + WIDEST < text.length ? `${begun}…` : begun;
}
