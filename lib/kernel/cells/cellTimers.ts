/** Timers that belong to the cell that set them, so that an interrupt can cancel them and a run can wait for them. */
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { type CellContext, runningCell, type Timer } from './cellContext';

type Callback = (...args: unknown[]) => void;
type SetTimer = (callback: Callback, ...rest: unknown[]) => Timer;
type Clear = (timer?: unknown) => void;

const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis;
const owners = new WeakMap<Timer, CellContext>();
const pending = new Set<Timer>();

/** How many timers of cells have yet to fire. Intervals never end by themselves and count until they fire first. */
export const pendingTimers = (): number => pending.size;

export function cancelTimers(cell: CellContext): void {
  for (const timer of cell.timers) {
    if (timer instanceof Immediate) clearImmediate(timer);
    else clearTimeout(timer as NodeJS.Timeout);
    pending.delete(timer);
  }
  cell.timers.clear();
}

const Immediate = setImmediate(() => {}).constructor as new () => NodeJS.Immediate;

/** To be called once in a process, before code of cells or of the library takes hold of the functions replaced here. */
export function installCellTimers(): void {
  const promises = { setTimeout: untilStopped(timersPromises.setTimeout), setImmediate: untilStopped(timersPromises.setImmediate) };
  Object.assign(timersPromises, promises);
  const replaced = {
    setTimeout: Object.assign(owned(setTimeout as SetTimer, true), { [promisify.custom]: promises.setTimeout }),
    setInterval: owned(setInterval as SetTimer, false),
    setImmediate: Object.assign(owned(setImmediate as SetTimer, true), { [promisify.custom]: promises.setImmediate }),
    clearTimeout: forgetting(clearTimeout as Clear),
    clearInterval: forgetting(clearInterval as Clear),
    clearImmediate: forgetting(clearImmediate as Clear),
  };
  Object.assign(globalThis, replaced);
  Object.assign(timers, replaced);
}

function owned(set: SetTimer, once: boolean): SetTimer {
  return (callback, ...rest) => {
    const cell = runningCell();
    if (!cell || typeof callback !== 'function') return set(callback, ...rest);
    const timer = set(
      (...args) => {
        if (once) forget(timer);
        else pending.delete(timer);
        if (!cell.stopped) callback(...args);
      },
      ...rest,
    );
    owners.set(timer, cell);
    cell.timers.add(timer);
    pending.add(timer);
    return timer;
  };
}

function forgetting(clear: Clear): Clear {
  return (timer) => {
    if (typeof timer === 'object' && timer !== null) forget(timer as Timer);
    clear(timer);
  };
}

function forget(timer: Timer): void {
  owners.get(timer)?.timers.delete(timer);
  pending.delete(timer);
}

function untilStopped<A extends unknown[], R>(original: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return (...args) => {
    const cell = runningCell();
    if (!cell) return original(...args);
    return new Promise((resolve, reject) => {
      original(...args).then(
        (value) => void (cell.stopped || resolve(value)),
        (error) => void (cell.stopped || reject(error)),
      );
    });
  };
}
