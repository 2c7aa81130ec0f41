/** What the cells of one run put out, also after they have ended: found by the request that each message belongs to. */

import type { CodeCell } from '../notebook/notebook';
import { addOutput, type DisplayIds } from '../notebook/outputs';
import type { Message } from '../protocol/message';
import { type ErrorText, errorText } from './cellReport';

export type CellOutputs = {
  /** The request that runs the cell. */
  readonly start: (cell: CodeCell, request: string) => void;
  readonly add: (message: Message) => void;
  /** The first error that it put out, by itself or by what it left behind. */
  readonly errorOf: (cell: CodeCell) => ErrorText | undefined;
  /** Whether it put out more than a notebook can hold; the rest was left out. */
  readonly isTooMuch: (cell: CodeCell) => boolean;
};

/** A notebook is written as one text, which has at most 512 million characters, and read as one by whoever opens it. */
export const LARGEST_MB = 128;
const LINE = 32;

export function cellOutputs(): CellOutputs {
  const cells = new Map<string, CodeCell>();
  const errors = new Map<CodeCell, ErrorText>();
  const displays: DisplayIds = new Map();
  const sizes = new Map<CodeCell, number>();
  const limit = LARGEST_MB * 1e6;
  let total = 0;

  return {
    start: (cell, request) => void cells.set(request, cell),
    add: (message) => {
      const cell = cells.get(message.parent.msg_id ?? '');
      if (!cell) return;
      if (message.header.msg_type === 'error' && !errors.has(cell)) errors.set(cell, errorText(message.content));
      const size = sizeOf(message.content);
      total += size;
      if (total > limit) sizes.set(cell, (sizes.get(cell) ?? 0) + size);
      else addOutput(cell, message, displays);
    },
    errorOf: (cell) => errors.get(cell),
    isTooMuch: (cell) => (sizes.get(cell) ?? 0) > 0,
  };
}

/** Characters of text and of what is displayed, and room for each line, which a notebook keeps by itself. */
function sizeOf({ text, data }: Message['content']): number {
  if (typeof text === 'string') return text.length + LINE * (text.split('\n').length - 1);
  const shown = typeof data === 'object' && data !== null ? Object.values(data) : [];
  return shown.reduce((sum: number, value: unknown) => sum + (typeof value === 'string' ? value.length : JSON.stringify(value).length), 0);
}
