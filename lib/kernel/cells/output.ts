/**
 * What a cell prints and shows, on its way to the client. Quick lines are joined, at most one message per 50 ms also inside
 * a synchronous loop, so that 10,000 lines make a few messages and none is dropped; displays keep their place among them.
 * Of quick updates of one display the last is sent. JupyterLab draws the whole text again for each piece that is added to
 * it: the more there is, the longer and the rarer the pieces. What is too much for a client is held up (throttle.ts).
 */
import { childOf, type Json, type Message } from '../protocol/message';
import { throttle } from './throttle';

export type StreamName = 'stdout' | 'stderr';
export type Publish = (message: Message) => void;

export type CellOutput = {
  /** Text, or bytes of it: a character may come in two parts. */
  readonly write: (name: StreamName, data: string | Uint8Array) => void;
  /** Anything but text: a display, its update, an error, a result. What was printed before goes first. */
  readonly send: (type: string, content: Json) => void;
  readonly flush: () => void;
};

const INTERVAL_MS = 50;
const LONGEST_INTERVAL_MS = 5000;
const LARGE = 64 * 1024; // characters of a message, and of what is held back
const LARGEST = 1024 * 1024;
const GROWTH = 4; // a piece is a quarter of what is there ...
const PER_MS = 1000; // ... and comes a second later for each megabyte
const MOST_PARTS = 256; // stdout and stderr by turns make a message each
const SHOWN_WEIGHT = 8; // the server does not count the bytes of displays; memory does

const { setTimeout, clearTimeout } = globalThis; // the process's own: a cell's interrupt must not cancel them
const pace = throttle();
const holding = new Set<() => void>();

/** Sends what any cell has printed and is still held back. */
export function flushOutputs(): void {
  for (const flush of holding) flush();
}

export function cellOutput(request: Message, publish: Publish): CellOutput {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const updates = new Map<string, Json>();
  let held: { name: StreamName; text: string }[] = [];
  let size = 0;
  let last = 0;
  let shown: { name: StreamName; length: number } | undefined; // the text that the next piece is added to
  let timer: NodeJS.Timeout | undefined;

  const publishText = (name: StreamName, text: string): void => {
    shown = { name, length: text.length + (shown?.name === name ? shown.length : 0) };
    pace.count(JSON.stringify(text).length);
    publish(childOf(request, 'stream', { name, text }));
  };
  const publishOther = (type: string, content: Json): void => {
    if (type !== 'update_display_data') shown = undefined;
    pace.count(weightOf(content) / SHOWN_WEIGHT);
    publish(childOf(request, type, content));
  };

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    holding.delete(flush);
    const parts = held;
    held = [];
    size = 0;
    if (parts.length + updates.size > 0) last = performance.now(); // so the first line is shown at once
    for (const { name, text } of parts) publishText(name, text);
    for (const content of updates.values()) publishOther('update_display_data', content);
    updates.clear();
  };
  const most = (): number => Math.min(LARGEST, LARGE + (shown?.length ?? 0) / GROWTH);
  const interval = (): number => Math.min(LONGEST_INTERVAL_MS, INTERVAL_MS + (shown?.length ?? 0) / PER_MS);
  const flushLater = (afterMs: number): void => {
    holding.add(flush);
    timer ??= setTimeout(() => {
      timer = undefined;
      if (pace.open()) flush();
      else flushLater(INTERVAL_MS);
    }, afterMs).unref();
  };
  const add = (name: StreamName, text: string): void => {
    const top = held.at(-1);
    if (top?.name === name) top.text += text;
    else held.push({ name, text });
    size += text.length;
    if (size >= most() || held.length >= MOST_PARTS) {
      pace.wait();
      flush();
    } else if (performance.now() - last >= interval() && pace.open()) flush();
    else flushLater(interval());
  };

  return {
    flush,
    write: (name, data) => {
      const text = typeof data === 'string' ? data : decoders[name].decode(data, { stream: true });
      for (let at = 0; at < text.length; ) {
        const end = endOfPart(text, at + Math.max(1, Math.ceil(most()) - size));
        add(name, text.slice(at, end));
        at = end;
      }
    },
    send: (type, content) => {
      const id = type === 'update_display_data' ? displayId(content) : undefined;
      if (id !== undefined && (performance.now() - last < INTERVAL_MS || !pace.open())) {
        updates.set(id, content);
        flushLater(INTERVAL_MS);
        return;
      }
      if (type === 'display_data') pace.wait();
      flush();
      if (id !== undefined) last = performance.now();
      publishOther(type, content);
    },
  };
}

/** Not between the two halves of a character. */
function endOfPart(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return at < text.length && unit >= 0xd800 && unit < 0xdc00 ? at + 1 : Math.min(at, text.length);
}

function displayId(content: Json): string | undefined {
  const id = (content.transient as Json | undefined)?.display_id;
  return typeof id === 'string' ? id : undefined;
}

/** About how many characters it has. */
function weightOf(content: Json): number {
  let sum = 0;
  for (const value of Object.values((content.data as Json | undefined) ?? {})) if (typeof value === 'string') sum += value.length;
  return sum;
}
