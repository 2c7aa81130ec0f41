/**
 * The context a cell runs in. Everything that a cell starts, also after it has ended, is known by it (AsyncLocalStorage):
 * output goes to the cell that caused it, and an interrupt stops that cell's timers and its awaits for good.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import type { Message } from '../protocol/message';
import { closeConsoleGroups } from './consoleGroups';
import type { CellOutput } from './output';

export type Timer = NodeJS.Timeout | NodeJS.Immediate;

export type CellContext = {
  readonly number: number;
  readonly request: Message;
  readonly output: CellOutput;
  readonly controller: AbortController;
  /** Timers that are set and have neither fired for the last time nor been cleared. */
  readonly timers: Set<Timer>;
  /** True once its code has asked for the signal: when interrupted it may then end by itself. */
  usesSignal: boolean;
  /** True after an interrupt has ended it: no timer, no output, no await of it goes on. */
  stopped: boolean;
};

/** Where library code finds the signal of the cell that called it. */
export const SIGNAL: unique symbol = Symbol.for('fovea.signal');

const { setImmediate } = globalThis; // the process's own, not that of cells

const storage = new AsyncLocalStorage<CellContext>();
let latest: CellContext | undefined;

/** The cell whose code is running, if it is a cell's. */
export const runningCell = (): CellContext | undefined => storage.getStore();

/** The same, or the cell that was started last. */
export const currentCell = (): CellContext | undefined => storage.getStore() ?? latest;

export function runInCell<T>(cell: CellContext, body: () => T): T {
  if (latest !== cell) {
    closeConsoleGroups();
    // Node hangs it on each promise and timer, which print with all that hangs on them
    Object.defineProperty(cell, inspect.custom, { value: () => `In[${cell.number}]` });
  }
  latest = cell;
  return storage.run(cell, body);
}

/** What a cell's code calls before each of its awaits: in a stopped cell it never returns. */
export function pause(value: unknown): unknown {
  return storage.getStore()?.stopped ? new Promise(() => {}) : value;
}

/** What a cell's `for await` goes over: as the values come, and in a stopped cell no further. */
export async function* each(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<unknown> {
  for await (const value of values) {
    await pause(undefined);
    yield value;
  }
}

/** Thrown for what Node does with an uncaught error: it clears its stack of async contexts, which ended code has left open. */
export class ContextsLeft extends Error {}

/** Makes it possible to stop following contexts, until the next cell runs; the control thread needs that to end code from outside. */
export function installLeaveContexts(): void {
  Object.defineProperty(globalThis, Symbol.for('fovea.leaveContexts'), {
    value: () => {
      if (/async_hooks/.test(new Error().stack ?? '')) return false; // Node is in a hook itself, and would only half forget it
      storage.disable();
      setImmediate(() => {
        throw new ContextsLeft();
      });
      return true;
    },
  });
}

/** Gives library code the signal, and notes that it was asked for. */
export function installSignal(onAsked: () => void): void {
  Object.defineProperty(globalThis, SIGNAL, {
    configurable: true,
    get: () => {
      const cell = currentCell();
      if (cell) cell.usesSignal = true;
      onAsked();
      return cell?.controller.signal;
    },
  });
}
