/** The kernel's sockets but the two of the control thread, and which request goes where. */
import { randomUUID } from 'node:crypto';
import { Router, XPublisher } from 'zeromq';
import type { ControlThread } from './controlThread';
import { address, type Connection, childOf, decode, encode, type Json, type Message, newMessage } from './message';
import { sequenceNumbers } from './sequence';

export type Handlers = {
  readonly execute: (request: Message) => void;
  /** Content of the reply, for each type that is answered at once. */
  readonly answers: Readonly<Record<string, (content: Json) => Json>>;
  /** What a person typed, on the stdin socket. */
  readonly input: (reply: Message) => void;
  /** The cell that is running: its state is said again after another request was answered meanwhile. */
  readonly running: () => Message | undefined;
  readonly shutDown: () => Promise<void>;
  readonly failed: (error: unknown) => void;
};

type Send = (message: Message) => void;

export type Server = {
  readonly publish: Send;
  readonly reply: Send;
  /** Asks a client for input. */
  readonly ask: Send;
  readonly drained: () => Promise<void>;
  readonly serve: (handlers: Handlers, control: ControlThread) => void;
  readonly close: () => void;
};

// never wait and never refuse: with zeromq's defaults, the 513th message of a burst fails and the rest is lost
const SENDING = { sendTimeout: 0, sendHighWaterMark: 0, linger: 500 };
const QUIET_TURNS = 3;
const TURN_MS = 5;
const SUBSCRIBED = 1; // the first byte of what a publisher hears of a new listener; the topic follows

const { setImmediate, setTimeout } = globalThis; // the process's own, not those of cells

/** Whoever asked may be waiting, so that something is answered in any case. */
const problem = (ename: string, evalue: string): Json => ({ status: 'error', ename, evalue, traceback: [] });

export async function bindServer(connection: Connection): Promise<Server> {
  const { key } = connection;
  const session = randomUUID();
  let refused = false;
  const iopub = new XPublisher(SENDING);
  iopub.verbosity = 'allSubs'; // each listener is welcomed, not the first alone
  const shell = new Router(SENDING);
  const stdin = new Router(SENDING);
  await Promise.all([
    iopub.bind(address(connection, 'iopub')),
    shell.bind(address(connection, 'shell')),
    stdin.bind(address(connection, 'stdin')),
  ]);

  const numbered = sequenceNumbers();
  const publish: Send = (message) => void iopub.send(encode(numbered(message), key));
  const reply: Send = (message) => void shell.send(encode(message, key));
  const status = (request: Message, execution_state: 'busy' | 'idle'): void => publish(childOf(request, 'status', { execution_state }));

  function answer(request: Message, send: Send, handlers: Handlers): void {
    const type = request.header.msg_type;
    const replyWith = (content: Json): void => send(childOf(request, type.replace(/_request$/, '_reply'), content));
    status(request, 'busy');
    try {
      const content = handlers.answers[type]?.(request.content);
      if (content) replyWith(content);
      else if (type === 'comm_open') publish(childOf(request, 'comm_close', { comm_id: request.content.comm_id, data: {} }));
      else if (type.endsWith('_request')) replyWith(problem('UnknownRequest', `${type}: expected a request that this kernel knows`));
    } catch (error) {
      handlers.failed(error);
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      replyWith(problem(name, message));
    }
    status(request, 'idle');
    const cell = handlers.running();
    if (cell) status(cell, 'busy');
  }

  async function shutDown(request: Message, send: Send, handlers: Handlers): Promise<void> {
    status(request, 'busy');
    send(childOf(request, 'shutdown_reply', { status: 'ok', restart: request.content.restart === true }));
    status(request, 'idle');
    await handlers.shutDown();
  }

  /** Hands on what is whole and signed. The rest is not from our client: it is logged once and not answered. */
  async function receive(socket: Router, handlers: Handlers, deliver: (message: Message) => void): Promise<void> {
    for await (const frames of socket) {
      let message: Message;
      try {
        message = decode(frames, key);
      } catch (error) {
        if (!refused) handlers.failed(`${error instanceof Error ? error.message : error}; no other message that is refused is logged`);
        refused = true;
        continue;
      }
      deliver(message);
    }
  }

  async function welcomeListeners(): Promise<void> {
    for await (const [event] of iopub) {
      if (event?.[0] !== SUBSCRIBED) continue;
      const topic = event.subarray(1);
      const welcome = newMessage('iopub_welcome', { subscription: topic.toString('utf8') }, session);
      publish({ ...welcome, identities: topic.length > 0 ? [topic] : [] });
    }
  }

  return {
    publish,
    reply,
    ask: (message) => void stdin.send(encode(message, key)),
    drained: async () => {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = shell.readable ? 0 : quiet + 1)
        await new Promise((done) => setTimeout(done, TURN_MS));
    },
    serve: (handlers, control) => {
      const onShell = (request: Message): void => {
        const type = request.header.msg_type;
        if (type === 'execute_request') handlers.execute(request);
        else if (type === 'shutdown_request') void shutDown(request, reply, handlers);
        else setImmediate(() => answer(request, reply, handlers)); // outside the socket's own callback
      };
      for (const loop of [receive(shell, handlers, onShell), receive(stdin, handlers, handlers.input), welcomeListeners()])
        loop.catch(handlers.failed);
      control.onRequest((request) => {
        const send: Send = (message) => control.send(encode(message, key));
        const type = request.header.msg_type;
        if (type === 'shutdown_request') void shutDown(request, send, handlers);
        else if (type !== 'interrupt_request') answer(request, send, handlers); // that one its thread has answered
      });
    },
    close: () => {
      for (const socket of [iopub, shell, stdin]) socket.close();
    },
  };
}
