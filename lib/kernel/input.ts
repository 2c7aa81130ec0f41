/**
 * Questions of a cell to the person before the notebook. They go to the client that sent the cell, if that client says that
 * somebody can answer; a run without a person is told what to do instead.
 */
import type { CellContext } from './cellContext';
import { childOf, type Message } from './message';
import type { Publish } from './output';

export type Inputs = {
  readonly ask: (cell: CellContext, prompt: string, hidden: boolean) => Promise<string>;
  /** An `input_reply` has come. */
  readonly answered: (reply: Message) => void;
};

type Waiting = { readonly cell: CellContext; readonly id: string; readonly resolve: (value: string) => void };

export function cellInputs(send: Publish, running: () => Message | undefined): Inputs {
  let waiting: Waiting | undefined;
  return {
    ask: (cell, prompt, hidden) =>
      new Promise((resolve, reject) => {
        if (cell.request.content.allow_stdin !== true) return reject(new Error(NOBODY));
        if (running() !== cell.request)
          return reject(new Error('input: expected a running cell, this one has ended; await what asks in it'));
        if (waiting?.cell === cell) return reject(new Error('input: expected one question at a time; await the first before the next'));
        const request = childOf(cell.request, 'input_request', { prompt, password: hidden });
        waiting = { cell, id: request.header.msg_id, resolve };
        cell.controller.signal.addEventListener('abort', () => {
          waiting = undefined;
          if (cell.usesSignal) reject(cell.controller.signal.reason); // any other is stopped where it waits
        });
        cell.output.flush();
        send(request);
      }),
    answered: ({ parent, content }) => {
      if (!waiting || (parent.msg_id !== undefined && parent.msg_id !== waiting.id)) return; // too late; some clients name no parent
      const { resolve } = waiting;
      waiting = undefined;
      resolve(String(content.value ?? ''));
    },
  };
}

const NOBODY =
  'input: expected somebody to ask, but this notebook runs without a person; give it a parameter instead: a const in the cell tagged "parameters"';
