/**
 * Programs that the set-up starts. A quiet one leads a process group of its own and writes to a log; Ctrl-C then reaches
 * the set-up alone, which ends the whole group and only then itself. A loud one has the terminal and gets Ctrl-C with us.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { root, windows } from './places.mjs';
import { Interrupted } from './problem.mjs';

const KILL_AFTER = 5_000;
const running = new Set();
let signalled;

/** From here on SIGINT, SIGTERM and SIGHUP end the running child and make `run` and `show` throw Interrupted. */
export function watchSignals() {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const handler = () => {
      signalled ??= signal;
      for (const end of running) end();
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}

export function throwIfSignalled() {
  if (signalled) throw new Interrupted(signalled);
}

/** Runs quietly; gives the exit code and everything that was printed, of which `log` keeps a copy. `limit` is in milliseconds. */
export async function run(command, args, { log, env = process.env, cwd = root, limit } = {}) {
  const before = sizeOf(log);
  const out = openSync(log, 'a');
  try {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', out, out], detached: !windows, windowsHide: true });
    const { code, reason } = await ended(child, { group: !windows, grace: 0, limit });
    return { code, reason, output: readFileSync(log).subarray(before).toString() };
  } finally {
    closeSync(out);
  }
}

/** Runs with our own terminal; gives the exit code. */
export async function show(command, args, { env = process.env, cwd = root } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
  // the terminal has told the child already; the grace leaves it to end by itself
  const { code, reason } = await ended(child, { group: false, grace: 1_000 });
  return reason ? 127 : code;
}

function ended(child, { group, grace, limit }) {
  throwIfSignalled();
  return new Promise((fulfil, reject) => {
    const timers = [];
    const send = (signal) => {
      try {
        process.kill(group ? -child.pid : child.pid, signal);
      } catch {
        // it has ended
      }
    };
    const end = () => {
      timers.push(setTimeout(send, grace, 'SIGTERM'), setTimeout(send, grace + KILL_AFTER, 'SIGKILL'));
    };
    const settle = (result) => {
      for (const timer of timers) clearTimeout(timer);
      running.delete(end);
      if (signalled) reject(new Interrupted(signalled));
      else fulfil(result);
    };
    let late = false;
    if (limit) {
      const ring = () => {
        late = true;
        end();
      };
      timers.push(setTimeout(ring, limit));
    }
    running.add(end);
    child.on('error', (error) => settle({ code: 127, reason: error.message }));
    child.on('exit', (code, signal) =>
      settle({ code: code ?? 1, reason: late ? `no end after ${limit / 1000} s` : signal && `ended by ${signal}` }),
    );
  });
}

function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
