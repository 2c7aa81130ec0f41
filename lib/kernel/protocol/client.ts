/**
 * Starts a kernel and talks to it as Jupyter does, over private sockets in a folder of its own. The notebook runner, `doctor`
 * and the tests use it.
 */
import { randomUUID } from 'node:crypto';
import { Dealer, Subscriber } from 'zeromq';
import { KernelDied, type KernelExit, spawnKernel } from './kernelProcess';
import { address, decode, encode, type Json, type Message, newMessage } from './message';
import { sequenceCheck } from './sequence';

export { KernelDied, type KernelExit } from './kernelProcess';

export type Execution = {
  readonly reply: Json;
  readonly published: readonly Message[];
  /** How many messages the kernel published meanwhile and did not arrive. */
  readonly lost: number;
};

export type ExecuteOptions = {
  readonly stopOnError?: boolean;
  readonly silent?: boolean;
  /** Whether `published` holds what the cell published; for hours of output a listener is better. */
  readonly keep?: boolean;
  /** The id of the request, before it is sent: everything that the cell causes names it as its parent. */
  readonly onStart?: (id: string) => void;
};

export type Kernel = {
  readonly pid: number;
  readonly request: (channel: 'shell' | 'control', type: string, content: Json) => Promise<Message>;
  /** Resolves when the reply and the end of the output have come. */
  readonly execute: (code: string, options?: ExecuteOptions) => Promise<Execution>;
  readonly interrupt: () => Promise<void>;
  /** Waits until cells have left no timer and no request, at most `limitMs`, and until all they put out has come; resolves to how many messages were lost. */
  readonly settled: (limitMs: number) => Promise<number>;
  /** All that the kernel publishes, also outside of an execution. */
  readonly onPublished: (listener: (message: Message) => void) => void;
  readonly exited: Promise<KernelExit>;
  readonly isDead: () => boolean;
  /** Asks it to end, and ends it if it does not within `limitMs`. */
  readonly shutdown: (limitMs?: number) => Promise<KernelExit>;
  readonly kill: () => void;
};

export type StartOptions = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly startMs?: number;
  /** Ends it while it is starting. */
  readonly signal?: AbortSignal | undefined;
};

type Waiting = { readonly type: string; readonly resolve: (message: Message) => void; readonly reject: (error: Error) => void };

const IDLE_MS = 10_000; // after a reply and without any other message: the end of the output will not come any more
const QUIET_MS = 50; // a dead kernel's last output is read within it
const HELD_MS = 150; // longer than a kernel holds text back, and than most of what cannot be seen takes
const POLL_MS = 25;

export async function startKernel({ cwd, env = {}, startMs = 60_000, signal }: StartOptions): Promise<Kernel> {
  const { pid, connection, exited: ended, kill } = spawnKernel(cwd, env);
  const session = randomUUID();
  const shell = new Dealer({ linger: 0, routingId: session });
  const control = new Dealer({ linger: 0, routingId: session });
  const iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  iopub.subscribe();
  shell.connect(address(connection, 'shell'));
  control.connect(address(connection, 'control'));
  iopub.connect(address(connection, 'iopub'));

  const waiting = new Map<string, Waiting>();
  const listeners = new Map<string, (message: Message) => void>();
  const published: ((message: Message) => void)[] = [];
  const sequence = sequenceCheck();
  let lastPublished = 0;
  const receive = async (socket: Dealer | Subscriber, deliver: (message: Message) => void): Promise<void> => {
    for await (const frames of socket) deliver(decode(frames, connection.key));
  };
  const onReply = (message: Message): void => {
    const asked = waiting.get(message.parent.msg_id ?? '');
    if (asked && message.header.msg_type === asked.type) asked.resolve(message);
  };
  const onPublished = (message: Message): void => {
    lastPublished = Date.now();
    sequence.heard(message);
    for (const listener of published) listener(message);
    listeners.get(message.parent.msg_id ?? '')?.(message);
  };
  for (const loop of [receive(shell, onReply), receive(control, onReply), receive(iopub, onPublished)]) loop.catch(() => {}); // closed

  let dead: KernelExit | undefined;
  const exited = ended.then(async (exit) => {
    while (Date.now() - lastPublished < QUIET_MS) await sleep(QUIET_MS); // its last words are on their way
    dead = exit;
    for (const { reject } of waiting.values()) reject(new KernelDied(exit));
    waiting.clear();
    for (const socket of [shell, control, iopub]) socket.close();
    return exit;
  });

  const ask = (channel: 'shell' | 'control', message: Message): Promise<Message> =>
    new Promise<Message>((resolve, reject) => {
      if (dead) return reject(new KernelDied(dead));
      waiting.set(message.header.msg_id, { type: message.header.msg_type.replace(/_request$/, '_reply'), resolve, reject });
      (channel === 'shell' ? shell : control).send(encode(message, connection.key)).catch(reject);
    }).finally(() => waiting.delete(message.header.msg_id));
  const request = (channel: 'shell' | 'control', type: string, content: Json): Promise<Message> =>
    ask(channel, newMessage(type, content, session));

  /** The reply, once all that the request made the kernel publish has come too. */
  const whole = async (message: Message, listener: (message: Message) => void = () => {}): Promise<{ reply: Json; lost: number }> => {
    const id = message.header.msg_id;
    const before = sequence.lost();
    let idle = false;
    listeners.set(id, (found) => {
      listener(found);
      if (found.header.msg_type === 'status' && found.content.execution_state === 'idle') idle = true;
    });
    try {
      const reply = await ask('shell', message);
      for (const replied = Date.now(); !idle && Date.now() - Math.max(lastPublished, replied) < IDLE_MS; await sleep(1)) {
        if (dead) throw new KernelDied(dead);
      }
      return { reply: reply.content, lost: sequence.lost() - before + (idle ? 0 : 1) };
    } finally {
      listeners.delete(id);
    }
  };

  const kernel: Kernel = {
    pid,
    exited,
    isDead: () => dead !== undefined,
    request,
    kill,
    onPublished: (listener) => void published.push(listener),
    execute: async (code, { stopOnError = true, silent = false, keep = true, onStart } = {}) => {
      const content = { code, silent, store_history: !silent, user_expressions: {}, allow_stdin: false, stop_on_error: stopOnError };
      const message = newMessage('execute_request', content, session);
      const messages: Message[] = [];
      onStart?.(message.header.msg_id);
      const { reply, lost } = await whole(message, keep ? (found) => void messages.push(found) : undefined);
      return { reply, published: messages, lost };
    },
    interrupt: async () => void (await request('control', 'interrupt_request', {})),
    settled: async (limitMs) => {
      const before = sequence.lost();
      const pending = async (): Promise<number> => {
        const { content } = await request('shell', 'kernel_info_request', {});
        return (content.fovea as { pending?: number } | undefined)?.pending ?? 0;
      };
      for (const end = Date.now() + limitMs; (await pending()) > 0 && Date.now() < end; ) await sleep(POLL_MS);
      await sleep(HELD_MS);
      const { lost } = await whole(newMessage('kernel_info_request', {}, session));
      return sequence.lost() - before + (lost > 0 ? 1 : 0);
    },
    shutdown: async (limitMs = 5000) => {
      const timer = setTimeout(kill, limitMs);
      await request('control', 'shutdown_request', { restart: false }).catch(() => {});
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
  signal?.addEventListener('abort', kill);
  await answering(kernel, startMs).finally(() => signal?.removeEventListener('abort', kill));
  return kernel;
}

/** Both ways must be open: a reply on shell, and its state on iopub, which drops what it sends before it is listened to. */
async function answering(kernel: Kernel, limitMs: number): Promise<void> {
  let heard = false;
  kernel.onPublished(() => {
    heard = true;
  });
  const late = setTimeout(() => kernel.kill(), limitMs);
  try {
    while (!heard) {
      await kernel.request('shell', 'kernel_info_request', {});
      await sleep(10);
    }
  } finally {
    clearTimeout(late);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
