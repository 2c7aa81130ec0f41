/**
 * Starts a kernel and talks to it as Jupyter does, over private sockets in a folder of its own. The notebook runner, `doctor`
 * and the tests use it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Subscriber } from 'zeromq';
import { projectRoot } from '../native/projectRoot';
import { kernelCommand, kernelEnvironment } from './kernelspec';
import { address, type Connection, decode, encode, type Json, type Message, newMessage } from './message';

export type KernelExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly log: string };

/** What a kernel logs when all is well. */
const USUAL = /^(native|wasm): |^Waiting for the debugger|^$/;

/** The kernel's process ended while something was asked of it. */
export class KernelDied extends Error {
  override readonly name: string = 'KernelDied';
  readonly exit: KernelExit;
  constructor(exit: KernelExit) {
    const how = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
    const said = exit.log.split('\n').filter((line) => !USUAL.test(line));
    super(`the kernel's process ended ${how}${said.length === 0 ? '' : `; it last wrote: ${said.slice(-3).join(' ')}`}`);
    this.exit = exit;
  }
}

export type Execution = { readonly reply: Json; readonly published: readonly Message[] };

export type ExecuteOptions = {
  readonly stopOnError?: boolean;
  readonly silent?: boolean;
  /** The id of the request, before it is sent: everything that the cell causes names it as its parent. */
  readonly onStart?: (id: string) => void;
};

export type Kernel = {
  readonly pid: number;
  readonly request: (channel: 'shell' | 'control', type: string, content: Json) => Promise<Message>;
  /** Resolves when the reply and the end of the output have come. */
  readonly execute: (code: string, options?: ExecuteOptions) => Promise<Execution>;
  readonly interrupt: () => Promise<void>;
  /** Waits until no timer of a cell is left, at most `limitMs`: what it throws is then known. */
  readonly settled: (limitMs: number) => Promise<void>;
  /** All that the kernel publishes, also outside of an execution. */
  readonly onPublished: (listener: (message: Message) => void) => void;
  readonly exited: Promise<KernelExit>;
  /** Asks it to end, and ends it if it does not within `limitMs`. */
  readonly shutdown: (limitMs?: number) => Promise<KernelExit>;
  readonly kill: () => void;
};

export type StartOptions = { readonly cwd: string; readonly env?: Readonly<Record<string, string>>; readonly startMs?: number };

type Waiting = { readonly type: string; readonly resolve: (message: Message) => void; readonly reject: (error: Error) => void };

const LOG_KEPT = 4000;

export async function startKernel({ cwd, env = {}, startMs = 60_000 }: StartOptions): Promise<Kernel> {
  const { folder, connection, configPath } = writeConnection();
  const root = projectRoot();
  const [program, ...rest] = kernelCommand(root, configPath);
  // a session of its own: Ctrl-C in the terminal reaches the runner, which ends its kernels in order
  const child = spawn(program!, rest, {
    cwd,
    env: { ...process.env, ...kernelEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = watchExit(child);

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
  const receive = async (socket: Dealer | Subscriber, deliver: (message: Message) => void): Promise<void> => {
    for await (const frames of socket) deliver(decode(frames, connection.key));
  };
  const onReply = (message: Message): void => {
    const asked = waiting.get(message.parent.msg_id ?? '');
    if (asked && message.header.msg_type === asked.type) asked.resolve(message);
  };
  const onPublished = (message: Message): void => {
    for (const listener of published) listener(message);
    listeners.get(message.parent.msg_id ?? '')?.(message);
  };
  for (const loop of [receive(shell, onReply), receive(control, onReply), receive(iopub, onPublished)]) loop.catch(() => {}); // closed

  void exited.then((exit) => {
    for (const { reject } of waiting.values()) reject(new KernelDied(exit));
    waiting.clear();
    for (const socket of [shell, control, iopub]) socket.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let dead: KernelExit | undefined;
  void exited.then((exit) => {
    dead = exit;
  });

  const ask = (channel: 'shell' | 'control', message: Message): Promise<Message> =>
    new Promise<Message>((resolve, reject) => {
      if (dead) return reject(new KernelDied(dead));
      waiting.set(message.header.msg_id, { type: message.header.msg_type.replace(/_request$/, '_reply'), resolve, reject });
      (channel === 'shell' ? shell : control).send(encode(message, connection.key)).catch(reject);
    }).finally(() => waiting.delete(message.header.msg_id));
  const request = (channel: 'shell' | 'control', type: string, content: Json): Promise<Message> =>
    ask(channel, newMessage(type, content, session));

  const kernel: Kernel = {
    pid: child.pid ?? 0,
    exited,
    request,
    onPublished: (listener) => void published.push(listener),
    execute: async (code, { stopOnError = true, silent = false, onStart } = {}) => {
      const content = { code, silent, store_history: !silent, user_expressions: {}, allow_stdin: false, stop_on_error: stopOnError };
      const message = newMessage('execute_request', content, session);
      const messages: Message[] = [];
      onStart?.(message.header.msg_id);
      const idle = new Promise<void>((resolve, reject) => {
        void exited.then((exit) => reject(new KernelDied(exit)));
        listeners.set(message.header.msg_id, (found) => {
          messages.push(found);
          if (found.header.msg_type === 'status' && found.content.execution_state === 'idle') resolve();
        });
      });
      idle.catch(() => {}); // the reply's own rejection is the one that is seen
      const reply = await ask('shell', message);
      await idle;
      listeners.delete(message.header.msg_id);
      return { reply: reply.content, published: messages };
    },
    interrupt: async () => void (await request('control', 'interrupt_request', {})),
    settled: async (limitMs) => {
      for (const end = Date.now() + limitMs; Date.now() < end; await sleep(25)) {
        const { content } = await request('shell', 'kernel_info_request', {});
        if ((content.fovea as { pending?: number } | undefined)?.pending === 0) return;
      }
    },
    shutdown: async (limitMs = 5000) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await request('control', 'shutdown_request', { restart: false }).catch(() => {});
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
    kill: () => void child.kill('SIGKILL'),
  };
  await answering(kernel, startMs);
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

function watchExit(child: ChildProcess): Promise<KernelExit> {
  let log = '';
  const keep = (data: Buffer): void => {
    log = (log + data.toString('utf8')).slice(-LOG_KEPT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, log: error.message }));
    child.once('close', (code, signal) => resolve({ code, signal, log: log.trim() }));
  });
}

function writeConnection(): { folder: string; connection: Connection; configPath: string } {
  const base = tmpdir().length < 60 ? tmpdir() : '/tmp'; // the path of a socket has at most 107 bytes
  const folder = mkdtempSync(join(base, 'fovea-'));
  const configPath = join(folder, 'connection.json');
  const connection: Connection = {
    transport: 'ipc',
    ip: join(folder, 's'),
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
    shell_port: 1,
    control_port: 2,
    iopub_port: 3,
    stdin_port: 4,
    hb_port: 5,
  };
  writeFileSync(configPath, JSON.stringify(connection), { mode: 0o600 });
  return { folder, connection, configPath };
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
