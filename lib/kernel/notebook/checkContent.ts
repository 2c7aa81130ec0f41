/**
 * What must not be in a committed notebook whatever its cells compute: paths of one machine, times, which differ with every
 * run, large outputs, kept errors, pictures without words, cells that nobody reads to their end.
 */
import type { Finding } from './finding';
import { type Cell, isCode, isObject, type Notebook, type Output, tagsOf } from './notebook';

const LARGEST_OUTPUT = 300_000; // characters of its JSON
const LONGEST_CELL = 60; // lines: more than a window shows

const ABSOLUTE_PATH =
  /(?<![\w.:/-])(?:file:\/\/)?\/(?:home|root|Users|tmp|var|work|opt|mnt|usr|private|srv)\/[\w.-]+[^\s"'`<>)\]]*|(?<!\w)[A-Za-z]:\\[\w.-]+/;

/**
 * A time of day, a date or a duration. In an output each of them is measured, so a rerun would change it; a ratio such as
 * 16:9 has neither seconds nor am or pm, and a duration has a unit of time.
 */
const TIME = new RegExp(
  [
    String.raw`\b\d{1,2}:\d{2}:\d{2}\b`,
    String.raw`\b\d{1,2}:\d{2}\s?[ap]m\b`,
    String.raw`\b(?:19|20)\d{2}-[01]\d-[0-3]\d\b`,
    String.raw`\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2},? (?:19|20)\d{2}\b`,
    String.raw`(?<![\w.])\d+(?:[.,]\d+)?\s?(?:[nµμm]?s|secs?|seconds?|milliseconds?|mins?|minutes?|hours?)(?![\w/])`,
  ].join('|'),
  'i',
);

export function checkContent(notebook: Notebook): Finding[] {
  return notebook.cells.flatMap((cell, index) =>
    [...sourceFindings(cell), ...outputFindings(cell)].map((finding) => ({ cell: index + 1, ...finding })),
  );
}

type Found = Omit<Finding, 'cell'>;

function* sourceFindings(cell: Cell): Generator<Found> {
  const lines = cell.source.split('\n');
  for (const [index, text] of lines.entries()) {
    const path = ABSOLUTE_PATH.exec(text);
    if (path) yield { line: index + 1, column: path.index + 1, message: `an absolute path: ${path[0]}` };
  }
  if (cell.cell_type === 'markdown') yield* wordlessPictures(cell.source);
  if (isCode(cell) && lines.length > LONGEST_CELL)
    yield {
      line: LONGEST_CELL + 1,
      column: 1,
      message: `a cell of ${lines.length} lines, more than ${LONGEST_CELL}: move a part into a file`,
    };
}

/** `![](figure.png)` and `<img src=...>` without words for those who do not see them. */
function* wordlessPictures(source: string): Generator<Found> {
  const blank = (code: string): string => code.replaceAll(/[^\n]/g, ' ');
  const text = source.replaceAll(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, blank); // code is not shown as a picture
  for (const { index, 0: found, groups } of text.matchAll(/!\[(?<words>[^\]]*)\][([]|<img\b[^>]*>/g)) {
    const words = groups?.['words'] ?? /\balt\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(found)?.slice(1).join('') ?? '';
    if (words.trim() !== '') continue;
    const before = text.slice(0, index).split('\n');
    yield { line: before.length, column: before.at(-1)!.length + 1, message: 'a picture without alternative text: ![what is seen](...)' };
  }
}

function* outputFindings(cell: Cell): Generator<Found> {
  if (!isCode(cell)) return;
  for (const [index, output] of cell.outputs.entries()) {
    const which = `output ${index + 1}`;
    const size = JSON.stringify(output).length;
    if (size > LARGEST_OUTPUT) yield { message: `${which}: ${Math.round(size / 1000)} kB, more than ${LARGEST_OUTPUT / 1000} kB` };
    if (output.output_type === 'error' && !tagsOf(cell).includes('raises-exception'))
      yield { message: `${which}: an error is kept, ${output.ename}: ${firstLine(String(output.evalue))}` };
    const texts = shownTexts(output);
    for (const [what, pattern, among] of [
      ['an absolute path', ABSOLUTE_PATH, [...texts, ...specifications(output)]],
      ['a time, which the next run changes', TIME, texts.filter((text) => !/^\s*</.test(text))], // styles have durations too
    ] as const) {
      const found = among.map((text) => matchOf(text, pattern)).find((match) => match !== undefined);
      if (found) yield { message: `${which}, line ${found.line}: ${what}: ${found.text}` };
    }
    for (const text of markup(output)) for (const { message } of wordlessPictures(text)) yield { message: `${which}: ${message}` };
    if (isPicture(output) && !saysWhatIsSeen(output.data))
      yield { message: `${which}: a figure without alternative text: its text/plain must say what is seen` };
  }
}

function matchOf(text: string, pattern: RegExp): { line: number; text: string } | undefined {
  const found = pattern.exec(text);
  return found ? { line: text.slice(0, found.index).split('\n').length, text: found[0] } : undefined;
}

const firstLine = (text: string): string => text.split('\n')[0]!;

/** What a reader sees as text. */
function shownTexts(output: Output): string[] {
  const { text, traceback, data } = output;
  const shown = entries(data).filter(([mime]) => mime.startsWith('text/'));
  const parts = [text, ...(Array.isArray(traceback) ? traceback : []), ...shown.map(([, value]) => value)];
  return parts
    .filter((part): part is string => typeof part === 'string')
    .map((text) => text.replaceAll(/data:image[^"')\s]*/g, 'data:image'));
}

const markup = ({ data }: Output): string[] =>
  entries(data).flatMap(([mime, value]) => (/^text\/(html|markdown)$/.test(mime) && typeof value === 'string' ? [value] : []));

/** Data of figures, which a reader can open too. */
const specifications = ({ data }: Output): string[] =>
  entries(data)
    .filter(([mime]) => mime.endsWith('+json'))
    .map(([, value]) => JSON.stringify(value));

const isPicture = ({ data }: Output): boolean =>
  entries(data).some(([mime]) => mime.startsWith('image/') || /vegalite|vega\.|plotly/.test(mime));

/** More than the default words for a thing, such as `<Figure size 640x480>` or `[object Object]`. */
function saysWhatIsSeen(data: unknown): boolean {
  const text = isObject(data) ? data['text/plain'] : undefined;
  if (typeof text !== 'string' || /^\s*(?:<[^>]*>|\[object \w+\])\s*$/.test(text)) return false;
  return (text.match(/\p{L}+/gu)?.length ?? 0) >= 3;
}

const entries = (data: unknown): [string, unknown][] => (isObject(data) ? Object.entries(data) : []);
