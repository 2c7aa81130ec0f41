/** What the main thread and the control thread tell each other. */
import type { Connection, Message } from './message';

export type ControlData = { readonly connection: Connection; readonly flags: SharedArrayBuffer };

export type FromControl =
  | { readonly bound: true }
  | { readonly failed: string }
  | { readonly request: Message }
  /** The main thread's JavaScript was ended while this cell was running. */
  | { readonly terminated: number };

export type ToControl = { readonly send: (Uint8Array | string)[] } | { readonly close: true };

/** Places in the shared flags: how often the main thread has answered an interrupt, ... */
export const ANSWERED = 0;
/** ... the number of the cell that is running, or 0, ... */
export const RUNNING = 1;
/** ... and how deep the main thread is in work of its own (compiling, loading TensorFlow) that must not be ended. */
export const SHIELDED = 2;
/** 1 while the main thread waits for a program that a cell has started; `ENDED` once an interrupt has ended that. */
export const IN_PROGRAM = 3;
export const ENDED = 2;
/** 1 once the control thread has closed its sockets: only then may the process end. */
export const CLOSED = 4;
/** 1 once the running cell has asked for its signal: it may want to end by itself. */
export const WATCHING = 5;
/** One more than the cell that the SIGINT now sent is for (1: for none); 0 where it comes from elsewhere. */
export const MEANT = 6;
export const FLAGS = 7;

/** What the control thread has the main thread evaluate before it ends the code running there; true when that was possible. */
export const LEAVE_CONTEXTS = "globalThis[Symbol.for('fovea.leaveContexts')]()";
