/**
 * How far something is: a bar, the rate and the time left, rewritten in place in a notebook or a terminal and as a few
 * plain lines in a file. What remains in the notebook at the end holds no times, so that a rerun leaves it as it was.
 */
import { randomUUID } from 'node:crypto';
import { send } from './kernel';
import { line } from './progressLine';

export type Progress = { readonly tick: (done: number, note?: string) => void; readonly done: (note?: string) => void };
export type ProgressOptions = { readonly total: number; readonly label: string; readonly unit?: string };

const interval = 100;

export function progress({ total, label, unit = 'steps' }: ProgressOptions): Progress {
  if (!(Number.isFinite(total) && total > 0)) throw new Error(`progress: expected a total above 0, got ${total}`);
  const put = sink();
  const start = performance.now();
  let last = Number.NEGATIVE_INFINITY;
  let reached = 0;
  put.line(line({ label, unit, done: 0, total, seconds: 0, note: '' }), 0);
  return {
    tick: (done, note = '') => {
      reached = Math.min(total, Math.max(0, done));
      const now = performance.now();
      if (now - last < interval && reached < total) return;
      last = now;
      put.line(line({ label, unit, done: reached, total, seconds: (now - start) / 1000, note }), reached / total);
    },
    done: (note = '') => put.end(`${label}: ${reached} of ${total} ${unit}${note && `, ${note}`}`),
  };
}

type Sink = { readonly line: (text: string, part: number) => void; readonly end: (text: string) => void };

function sink(): Sink {
  const id = randomUUID();
  let shown = false;
  const inNotebook = (text: string): boolean => {
    const sent = send({ data: { 'text/plain': text }, metadata: {} }, { id, update: shown });
    shown ||= sent;
    return sent;
  };
  const { stderr } = process;
  let tenth = -1; // in a file a line for each tenth is enough
  return {
    line: (text, part) => {
      if (inNotebook(text)) return;
      if (stderr.isTTY) stderr.write(`\r${text.slice(0, (stderr.columns ?? 80) - 1)}\x1b[K`);
      else if (Math.floor(10 * part) > tenth) {
        tenth = Math.floor(10 * part);
        stderr.write(`${text}\n`);
      }
    },
    end: (text) => {
      if (!inNotebook(text)) stderr.write(stderr.isTTY ? `\r${text}\x1b[K\n` : `${text}\n`);
    },
  };
}
