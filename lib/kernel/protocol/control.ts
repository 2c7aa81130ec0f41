/**
 * A worker thread that owns the control and heartbeat sockets, so that an interrupt, a restart and a dead server are noticed
 * while the main thread is busy. An interrupt is first a SIGINT, which a main thread that is free answers; where it is not
 * answered, the running JavaScript is ended through the inspector. Never by vm's `breakOnSigint`, with which Node is without
 * a handler for a moment after each cell, and a SIGINT of that moment kills the kernel.
 */
import { writeSync } from 'node:fs';
import inspector from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { Reply, Router } from 'zeromq';
import { endNewestChild } from '../cells/programs';
import {
  ANSWERED,
  CLOSED,
  type ControlData,
  ENDED,
  type FromControl,
  IN_PROGRAM,
  LEAVE_CONTEXTS,
  MEANT,
  RUNNING,
  SHIELDED,
  type ToControl,
  WATCHING,
} from './controlMessages';
import { address, childOf, decode, encode, type Message } from './message';

const UNANSWERED_MS = 250;
const WATCHING_MS = 1000; // a cell that watches its signal is given longer than a training step
const ANSWERED_MS = 3000; // the main thread lets a cell that watches its signal end by itself, for half of that
const SHUTDOWN_MS = 1500;
const AGAIN_MS = 500;
const LATE_MS = 5000;
const STEP_MS = 50;

const { connection, flags: shared } = workerData as ControlData;
const flags = new Int32Array(shared);
const port = parentPort!;
const session = new inspector.Session();
session.connectToMainThread();

const control = new Router({ sendTimeout: 0, sendHighWaterMark: 0, linger: 500 });
const heartbeat = new Reply({ linger: 0 });
const post = (message: FromControl): void => port.postMessage(message);
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const interrupting = new Set<number>(); // cells; 0 stands for code that runs after its cell has ended
let closing = false;

/** Asks the flags and not the main thread whether it is alive: messages wait until it is. */
async function interrupt(): Promise<void> {
  const cell = Atomics.load(flags, RUNNING);
  if (interrupting.has(cell)) return;
  interrupting.add(cell);
  const began = Date.now();
  const again = setInterval(() => Date.now() - began > AGAIN_MS && endProgram('SIGKILL'), 2 * STEP_MS);
  const late = setTimeout(() => tellLate(cell), LATE_MS);
  try {
    const answers = Atomics.load(flags, ANSWERED);
    const over = (): boolean => {
      const answered = Atomics.load(flags, ANSWERED) !== answers;
      return cell === 0 ? answered : Atomics.load(flags, RUNNING) !== cell;
    };
    Atomics.store(flags, MEANT, cell + 1); // another cell may have begun when it arrives
    process.kill(process.pid, 'SIGINT');
    endProgram('SIGINT');
    let left = Atomics.load(flags, WATCHING) === 1 ? WATCHING_MS : UNANSWERED_MS;
    for (let waited = 0; waited < left && !over(); waited += STEP_MS) {
      await sleep(STEP_MS);
      if (Atomics.load(flags, ANSWERED) !== answers) left = ANSWERED_MS;
      if (Atomics.load(flags, SHIELDED) > 0) waited = 0; // the kernel's own work must not be ended half-way
    }
    while (!over() && !closing) {
      await contextsLeft(over);
      if (over()) break;
      session.post('Runtime.terminateExecution', () => {});
      await sleep(20);
      post({ terminated: cell });
      for (let waited = 0; waited < AGAIN_MS && !over(); waited += STEP_MS) await sleep(STEP_MS);
    }
  } finally {
    clearInterval(again);
    clearTimeout(late);
    interrupting.delete(cell);
  }
}

function endProgram(signal: NodeJS.Signals): void {
  if (Atomics.load(flags, IN_PROGRAM) === 0) return;
  Atomics.store(flags, IN_PROGRAM, ENDED);
  endNewestChild(process.pid, signal);
}

/** By the file itself: what this thread prints goes through the main thread. */
function tellLate(cell: number): void {
  writeSync(2, `In[${cell}] is interrupted but goes on: it is inside a native call, which only a restart of the kernel ends\n`);
}

/** Before code is ended from outside, Node must no longer follow async contexts: it would find its stack of them open, and abort. */
async function contextsLeft(over: () => boolean): Promise<void> {
  for (let left = false; !left && !over(); ) {
    left = await new Promise<boolean>((done) => {
      session.post('Runtime.evaluate', { expression: LEAVE_CONTEXTS }, (_, { result }) => done(result.value === true));
    });
    if (!left) await sleep(1);
  }
}

async function shutDownAnyway(request: Message): Promise<void> {
  await sleep(SHUTDOWN_MS);
  if (closing) return;
  await control.send(
    encode(childOf(request, 'shutdown_reply', { status: 'ok', restart: request.content.restart === true }), connection.key),
  );
  await sleep(STEP_MS);
  process.kill(process.pid, 'SIGKILL'); // the main thread is stuck
}

async function serveControl(): Promise<void> {
  for await (const frames of control) {
    let request: Message;
    try {
      request = decode(frames, connection.key);
    } catch {
      continue; // not from our client
    }
    if (request.header.msg_type === 'interrupt_request') {
      void interrupt();
      await control.send(encode(childOf(request, 'interrupt_reply', { status: 'ok' }), connection.key));
    }
    if (request.header.msg_type === 'shutdown_request') void shutDownAnyway(request);
    post({ request });
  }
}

async function serveHeartbeat(): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}

function close(): void {
  closing = true;
  setTimeout(() => {
    session.disconnect();
    control.close(); // before the process exits, which would abort otherwise
    heartbeat.close();
    Atomics.store(flags, CLOSED, 1);
    Atomics.notify(flags, CLOSED);
    process.exit(0); // this thread alone
  }, STEP_MS);
}

port.on('message', (message: ToControl) => {
  if ('close' in message) close();
  else void control.send(message.send);
});

// the server was killed: nobody will ever ask this kernel to end
const parent = Number(process.env.FOVEA_PARENT ?? process.ppid); // it may have been killed before this thread began
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1000);

async function start(): Promise<void> {
  await control.bind(address(connection, 'control'));
  await heartbeat.bind(address(connection, 'hb'));
  void serveControl();
  void serveHeartbeat();
  post({ bound: true });
}

start().catch((error: unknown) => post({ failed: String(error) }));
