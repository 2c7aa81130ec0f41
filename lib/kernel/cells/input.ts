/**
 * Questions of a cell to the person before the notebook. They go to the client that sent the cell, if that client says that
 * somebody can answer; a run without a person is told what to do instead.
 */

import { childOf, type Message } from '../protocol/message';
import type { CellContext } from './cellContext';
import type { Publish } from './output';

export type Inputs = {
  readonly ask: (cell: CellContext, prompt: string, hidden: boolean) => Promise<string>;
  /** An `input_reply` has come. */
  readonly answered: (reply: Message) => void;
};

type Waiting = { readonly cell: CellContext; readonly id: string; readonly answer: (value: string) => void };

export function cellInputs(send: Publish, running: () => Message | undefined): Inputs {
  let waiting: Waiting | undefined;
  return {
    ask: (cell, prompt, hidden) =>
      new Promise((resolve, reject) => {
        if (cell.request.content.allow_stdin !== true) return reject(new Error(NOBODY));
        if (running() !== cell.request)
          return reject(new Error('input: expected a running cell, this one has ended; await what asks in it'));
        if (waiting?.cell === cell) return reject(new Error('input: expected one question at a time; await the first before the next'));
        const { signal } = cell.controller;
        const request = childOf(cell.request, 'input_request', { prompt, password: hidden });
        const stop = (): void => {
          waiting = undefined;
          if (cell.usesSignal) reject(signal.reason); // any other cell is stopped where it waits
        };
        const answer = (value: string): void => {
          signal.removeEventListener('abort', stop);
          resolve(value);
        };
        signal.addEventListener('abort', stop);
        waiting = { cell, id: request.header.msg_id, answer };
        cell.output.flush();
        send(request);
      }),
    answered: ({ parent, content }) => {
      if (!waiting || (parent.msg_id !== undefined && parent.msg_id !== waiting.id)) return; // too late; some clients name no parent
      const { answer } = waiting;
      waiting = undefined;
      answer(String(content.value ?? ''));
    },
  };
}

const NOBODY =
  'input: expected somebody to ask, but this notebook runs without a person; give it a parameter instead: a const in the cell tagged "parameters"';
