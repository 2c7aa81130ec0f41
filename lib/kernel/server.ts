/** The kernel's sockets but the two of the control thread, and which request goes where. */
import { Publisher, Router } from 'zeromq';
import type { ControlThread } from './controlThread';
import { address, type Connection, childOf, decode, encode, type Json, type Message } from './message';
import { sequenceNumbers } from './sequence';

export type Handlers = {
  readonly execute: (request: Message) => void;
  /** Content of the reply, for each type that is answered at once. */
  readonly answers: Readonly<Record<string, (content: Json) => Json>>;
  /** The cell that is running: its state is said again after another request was answered meanwhile. */
  readonly running: () => Message | undefined;
  readonly shutDown: () => Promise<void>;
  readonly failed: (error: unknown) => void;
};

export type Server = {
  readonly publish: (message: Message) => void;
  readonly reply: (message: Message) => void;
  readonly drained: () => Promise<void>;
  readonly serve: (handlers: Handlers, control: ControlThread) => void;
  readonly close: () => void;
};

// never wait and never refuse: with zeromq's defaults, the 513th message of a burst fails and the rest is lost
const SENDING = { sendTimeout: 0, sendHighWaterMark: 0, linger: 500 };
const QUIET_TURNS = 3;
const TURN_MS = 5;

const { setImmediate, setTimeout } = globalThis; // the process's own, not those of cells

export async function bindServer(connection: Connection): Promise<Server> {
  const { key } = connection;
  const iopub = new Publisher(SENDING);
  const shell = new Router(SENDING);
  const stdin = new Router(SENDING); // clients connect to it; this kernel never asks for input
  await Promise.all([
    iopub.bind(address(connection, 'iopub')),
    shell.bind(address(connection, 'shell')),
    stdin.bind(address(connection, 'stdin')),
  ]);

  const numbered = sequenceNumbers();
  const publish = (message: Message): void => void iopub.send(encode(numbered(message), key));
  const reply = (message: Message): void => void shell.send(encode(message, key));
  const status = (request: Message, execution_state: 'busy' | 'idle'): void => publish(childOf(request, 'status', { execution_state }));

  async function answer(request: Message, send: (message: Message) => void, handlers: Handlers): Promise<void> {
    const type = request.header.msg_type;
    status(request, 'busy');
    try {
      const content = handlers.answers[type]?.(request.content);
      if (content) send(childOf(request, type.replace(/_request$/, '_reply'), content));
      else if (type === 'comm_open') publish(childOf(request, 'comm_close', { comm_id: request.content.comm_id, data: {} }));
    } catch (error) {
      handlers.failed(error);
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      send(childOf(request, type.replace(/_request$/, '_reply'), { status: 'error', ename: name, evalue: message, traceback: [] }));
    }
    status(request, 'idle');
    const cell = handlers.running();
    if (cell) status(cell, 'busy');
  }

  return {
    publish,
    reply,
    drained: async () => {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = shell.readable ? 0 : quiet + 1)
        await new Promise((done) => setTimeout(done, TURN_MS));
    },
    serve: (handlers, control) => {
      const loop = async (): Promise<void> => {
        for await (const frames of shell) {
          let request: Message;
          try {
            request = decode(frames, key);
          } catch (error) {
            handlers.failed(error);
            continue;
          }
          if (request.header.msg_type === 'execute_request') handlers.execute(request);
          else setImmediate(() => void answer(request, reply, handlers)); // outside the socket's own callback
        }
      };
      loop().catch(handlers.failed);
      control.onRequest(async (request) => {
        if (request.header.msg_type !== 'shutdown_request')
          return answer(request, (message) => control.send(encode(message, key)), handlers);
        status(request, 'busy');
        control.send(encode(childOf(request, 'shutdown_reply', { status: 'ok', restart: request.content.restart === true }), key));
        status(request, 'idle');
        return handlers.shutDown();
      });
    },
    close: () => {
      for (const socket of [iopub, shell, stdin]) socket.close();
    },
  };
}
