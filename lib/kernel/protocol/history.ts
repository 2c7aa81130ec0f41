/** The cells that ran, as a console asks for them: the last ones, a range of numbers, or those that match a pattern. */
import type { Json } from './message';

export type CellHistory = {
  readonly add: (line: number, input: string) => void;
  /** The text of a cell's value. */
  readonly setOutput: (line: number, output: string) => void;
  /** Content of a `history_reply`. */
  readonly answer: (request: Json) => Json;
};

type Entry = { readonly line: number; readonly input: string; output: string | null };

const SESSION = 0; // this one: nothing is kept of earlier ones
const ENTRIES = 1000;
const OUTPUT_LENGTH = 10_000;

export function cellHistory(): CellHistory {
  const entries: Entry[] = [];
  return {
    add: (line, input) => {
      entries.push({ line, input, output: null });
      if (entries.length > ENTRIES) entries.shift();
    },
    setOutput: (line, output) => {
      const entry = entries.find((candidate) => candidate.line === line);
      if (entry) entry.output = output.slice(0, OUTPUT_LENGTH);
    },
    answer: (request) => {
      const history = chosen(entries, request).map(({ line, input, output }) => [
        SESSION,
        line,
        request.output === true ? [input, output] : input,
      ]);
      return { status: 'ok', history };
    },
  };
}

function chosen(entries: readonly Entry[], { hist_access_type, session, start, stop, pattern, unique, n }: Json): readonly Entry[] {
  const last = (found: readonly Entry[]): readonly Entry[] => (typeof n === 'number' ? found.slice(Math.max(0, found.length - n)) : found);
  if (hist_access_type === 'range') {
    if (typeof session === 'number' && session !== SESSION) return [];
    const from = typeof start === 'number' ? start : 0;
    const to = typeof stop === 'number' ? stop : Number.POSITIVE_INFINITY;
    return entries.filter(({ line }) => line >= from && line < to);
  }
  if (hist_access_type === 'search') {
    const matches = glob(String(pattern ?? '*'));
    const found = entries.filter(({ input }) => matches.test(input));
    return last(
      unique === true ? found.filter((entry) => !found.some(({ input, line }) => input === entry.input && line > entry.line)) : found,
    );
  }
  return last(entries);
}

/** `*` stands for any text, `?` for one character. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su');
}
