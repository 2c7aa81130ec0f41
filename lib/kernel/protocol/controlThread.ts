/** The main thread's side of the control thread. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  ANSWERED,
  CLOSED,
  type ControlData,
  ENDED,
  FLAGS,
  type FromControl,
  IN_PROGRAM,
  MEANT,
  RUNNING,
  SHIELDED,
  type ToControl,
  WATCHING,
} from './controlMessages';
import type { Connection, Message } from './message';

export type ControlThread = {
  readonly send: (frames: (Uint8Array | string)[]) => void;
  readonly answer: () => void;
  /** The cell (0: none) that the SIGINT now handled is for; undefined where it came from elsewhere. */
  readonly meant: () => number | undefined;
  readonly setRunning: (cell: number) => void;
  /** The running cell has asked for its signal. */
  readonly setWatching: () => void;
  /** Work of the kernel's own, which an interrupt waits for. */
  readonly shield: <T>(body: () => T) => T;
  readonly shieldUntil: <T>(work: Promise<T>) => Promise<T>;
  /** A request that came by the control socket. */
  readonly onRequest: (handler: (request: Message) => void) => void;
  /** The JavaScript of this cell (0: of none) was ended from outside. */
  readonly onTerminated: (handler: (cell: number) => void) => void;
  /** Runs what blocks this thread until a program ends. */
  readonly inProgram: <T>(body: () => T) => T;
  readonly close: () => Promise<void>;
  /** The same where the process ends at once. */
  readonly closeNow: () => void;
};

const CLOSE_MS = 1000;
const END_MS = 5000;

export function startControlThread(connection: Connection): Promise<ControlThread> {
  const shared = new SharedArrayBuffer(FLAGS * Int32Array.BYTES_PER_ELEMENT);
  const flags = new Int32Array(shared);
  const workerData: ControlData = { connection, flags: shared };
  const worker = new Worker(join(__dirname, 'control.js'), { workerData });
  let requested: (request: Message) => void = () => {};
  let terminated: (cell: number) => void = () => {};
  const post = (message: ToControl): void => worker.postMessage(message);
  /** An interrupt has ended the program, and will end the code that called it: nothing of that may go on before. */
  const waitForEnd = (): void => {
    for (const end = Date.now() + END_MS; Date.now() < end; ) Atomics.wait(flags, IN_PROGRAM, 0, 20);
  };

  const thread: ControlThread = {
    send: (frames) => post({ send: frames }),
    answer: () => void Atomics.add(flags, ANSWERED, 1),
    meant: () => {
      const meant = Atomics.exchange(flags, MEANT, 0);
      return meant === 0 ? undefined : meant - 1;
    },
    setRunning: (cell) => {
      Atomics.store(flags, IN_PROGRAM, 0); // ended code may have left it
      Atomics.store(flags, WATCHING, 0);
      Atomics.store(flags, RUNNING, cell);
    },
    shield: (body) => {
      Atomics.add(flags, SHIELDED, 1);
      try {
        return body();
      } finally {
        Atomics.sub(flags, SHIELDED, 1);
      }
    },
    shieldUntil: (work) => {
      Atomics.add(flags, SHIELDED, 1);
      return work.finally(() => Atomics.sub(flags, SHIELDED, 1));
    },
    setWatching: () => void Atomics.store(flags, WATCHING, 1),
    inProgram: (body) => {
      Atomics.store(flags, IN_PROGRAM, 1);
      try {
        return body();
      } finally {
        if (Atomics.exchange(flags, IN_PROGRAM, 0) === ENDED) waitForEnd();
      }
    },
    onRequest: (handler) => {
      requested = handler;
    },
    onTerminated: (handler) => {
      terminated = handler;
    },
    close: () =>
      new Promise((done) => {
        worker.once('exit', () => done());
        post({ close: true });
      }),
    closeNow: () => {
      post({ close: true });
      Atomics.wait(flags, CLOSED, 0, CLOSE_MS);
    },
  };

  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: FromControl) => {
      if ('bound' in message) resolve(thread);
      else if ('failed' in message) reject(new Error(message.failed));
      else if ('terminated' in message) terminated(message.terminated);
      else requested(message.request);
    });
  });
}
