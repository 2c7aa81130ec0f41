/**
 * How fast cells may print. A client that is sent more than it can show hangs before anybody can press Interrupt (JupyterLab
 * shows less than a megabyte a second), and a Jupyter server drops what comes at more than a megabyte or a thousand messages a second, counted over three seconds. So a
 * cell that prints faster is held up, as a full pipe would do it, and nothing is lost. A client that keeps up with more says
 * so by FOVEA_OUTPUT_RATE, in megabytes a second.
 */

export type Throttle = {
  /** Whether something may be sent now without being held up. */
  readonly open: () => boolean;
  /** Counts what is sent. */
  readonly count: (bytes: number) => void;
  /** Holds up the thread until something may be sent; an interrupt ends it. */
  readonly wait: () => void;
};

const MEGABYTE = 1_000_000;
const RATE = 0.4;
const AT_ONCE_SECONDS = 1.5; // what may be sent at once, so that three seconds see 4.5 of them and the last piece, 2.8 megabytes
const LEAST = 1000; // what a message counts at least: a thousandth of a megabyte, as the server counts messages
const SLICE_MS = 20;

export function throttle(rate: number = Number(process.env.FOVEA_OUTPUT_RATE ?? RATE)): Throttle {
  const perSecond = (rate > 0 ? rate : RATE) * MEGABYTE;
  const most = perSecond * AT_ONCE_SECONDS;
  const bell = new Int32Array(new SharedArrayBuffer(4)); // nobody rings it
  let left = most;
  let before = performance.now();
  const open = (): boolean => {
    const now = performance.now();
    left = Math.min(most, left + ((now - before) / 1000) * perSecond);
    before = now;
    return left > 0;
  };
  return {
    open,
    count: (bytes) => {
      left -= Math.max(bytes, LEAST);
    },
    wait: () => {
      while (!open()) Atomics.wait(bell, 0, 0, SLICE_MS);
    },
  };
}
