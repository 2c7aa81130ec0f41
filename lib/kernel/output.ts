/**
 * What a cell prints and shows, on its way to the client. Quick lines are joined, at most one message per 50 ms also inside
 * a synchronous loop, so that 5,000 lines make a few messages and none is dropped; displays keep their place among them.
 */
import { childOf, type Json, type Message } from './message';

export type StreamName = 'stdout' | 'stderr';
export type Publish = (message: Message) => void;

export type CellOutput = {
  readonly write: (name: StreamName, text: string) => void;
  /** Anything but text: a display, its update, an error, a result. What was printed before goes first. */
  readonly send: (type: string, content: Json) => void;
  readonly flush: () => void;
};

const INTERVAL_MS = 50;
const LARGEST = 64 * 1024; // characters held back at most

const { setTimeout, clearTimeout } = globalThis; // the process's own: a cell's interrupt must not cancel them

export function cellOutput(request: Message, publish: Publish): CellOutput {
  let held: { name: StreamName; text: string }[] = [];
  let size = 0;
  let last = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const parts = held;
    held = [];
    size = 0;
    if (parts.length > 0) last = Date.now(); // so the first line is shown at once
    for (const part of parts) publish(childOf(request, 'stream', part));
  };

  return {
    flush,
    write: (name, text) => {
      const top = held.at(-1);
      if (top?.name === name) top.text += text;
      else held.push({ name, text });
      size += text.length;
      if (size > LARGEST || Date.now() - last >= INTERVAL_MS) flush();
      else timer ??= setTimeout(flush, INTERVAL_MS).unref();
    },
    send: (type, content) => {
      flush();
      publish(childOf(request, type, content));
    },
  };
}
