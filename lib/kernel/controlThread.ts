/** The main thread's side of the control thread. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ANSWERED, type ControlData, type FromControl, RUNNING, SHIELDED, type ToControl } from './controlMessages';
import type { Connection, Message } from './message';

export type ControlThread = {
  readonly send: (frames: (Uint8Array | string)[]) => void;
  readonly answer: () => void;
  readonly setRunning: (cell: number) => void;
  /** Work of the kernel's own, which an interrupt waits for. */
  readonly shield: <T>(body: () => T) => T;
  readonly shieldUntil: <T>(work: Promise<T>) => Promise<T>;
  /** A request that came by the control socket. */
  readonly onRequest: (handler: (request: Message) => void) => void;
  /** The JavaScript of this cell (0: of none) was ended from outside. */
  readonly onTerminated: (handler: (cell: number) => void) => void;
  readonly close: () => Promise<void>;
};

export function startControlThread(connection: Connection): Promise<ControlThread> {
  const shared = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
  const flags = new Int32Array(shared);
  const workerData: ControlData = { connection, flags: shared };
  const worker = new Worker(join(__dirname, 'control.js'), { workerData });
  let requested: (request: Message) => void = () => {};
  let terminated: (cell: number) => void = () => {};
  const post = (message: ToControl): void => worker.postMessage(message);

  const thread: ControlThread = {
    send: (frames) => post({ send: frames }),
    answer: () => void Atomics.add(flags, ANSWERED, 1),
    setRunning: (cell) => void Atomics.store(flags, RUNNING, cell),
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
