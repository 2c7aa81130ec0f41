/**
 * A kernel's process, with the file that tells it where to listen. It has a process group of its own, so that Ctrl-C reaches
 * the runner alone, and it never outlives the process that started it: killed with it here, or by itself where that was killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../native/isAlive';
import { projectRoot } from '../../native/projectRoot';
import { kernelCommand, kernelEnvironment } from '../kernelspec';
import type { Connection } from './message';

export type KernelExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly log: string };

/** What a kernel logs when all is well. */
const USUAL = /^(native|wasm): |^Waiting for the debugger|^$/;

/** The kernel's process ended while something was asked of it. */
export class KernelDied extends Error {
  override readonly name: string = 'KernelDied';
  readonly exit: KernelExit;
  constructor(exit: KernelExit) {
    const how = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
    const lines = exit.log.split('\n').filter((line) => !USUAL.test(line));
    const fatal = lines.filter((line) => line.startsWith('FATAL ERROR: ')); // Node's, before pages of addresses
    const said = fatal.length > 0 ? fatal : lines.slice(-3);
    const why = exit.signal === 'SIGKILL' && said.length === 0 ? ', as the system does when memory runs out' : '';
    super(`the kernel's process ended ${how}${why}${said.length === 0 ? '' : `; it last wrote: ${said.join(' ')}`}`);
    this.exit = exit;
  }
}

export type KernelProcess = {
  readonly pid: number;
  readonly connection: Connection;
  readonly exited: Promise<KernelExit>;
  /** At once, with all that its cells have started. */
  readonly kill: () => void;
};

const PREFIX = 'fovea-kernel-'; // and the number of the process that started it
const LOG_KEPT = 20_000;
const LOG_MS = 100;

const living = new Set<() => void>();
let watching = false;

export function spawnKernel(cwd: string, env: Readonly<Record<string, string>>): KernelProcess {
  const { folder, connection, configPath } = writeConnection();
  const [program, ...rest] = kernelCommand(projectRoot(), configPath);
  const child = spawn(program!, rest, {
    cwd,
    env: { FOVEA_OUTPUT_RATE: '32', ...process.env, ...kernelEnvironment(), ...env, FOVEA_PARENT: String(process.pid) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = (): void => killGroup(child);
  const forget = (): void => {
    living.delete(end);
    rmSync(folder, { recursive: true, force: true });
  };
  const end = (): void => {
    kill();
    forget();
  };
  living.add(end);
  if (!watching) process.on('exit', () => living.forEach((one) => void one()));
  watching = true;
  return { pid: child.pid ?? 0, connection, exited: watchExit(child).finally(forget), kill };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Its end, not that of its pipes: what a cell has started holds them open. */
function watchExit(child: ChildProcess): Promise<KernelExit> {
  let log = '';
  const keep = (data: Buffer): void => {
    log = (log + data.toString('utf8')).slice(-LOG_KEPT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, log: error.message }));
    child.once('exit', async (code, signal) => {
      await Promise.race([new Promise((done) => child.once('close', done)), new Promise((done) => setTimeout(done, LOG_MS))]);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ code, signal, log: log.trim() });
    });
  });
}

/** Folders whose process was killed: it could not remove them. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(PREFIX) || isAlive(Number.parseInt(name.slice(PREFIX.length), 10))) continue;
    try {
      rmSync(join(base, name), { recursive: true, force: true });
    } catch {
      // another user's
    }
  }
}

function writeConnection(): { folder: string; connection: Connection; configPath: string } {
  const base = tmpdir().length < 60 ? tmpdir() : '/tmp'; // the path of a socket has at most 107 bytes
  sweep(base);
  const folder = mkdtempSync(join(base, `${PREFIX}${process.pid}-`));
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
