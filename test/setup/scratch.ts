/** A clone to try the set-up in, and programs run as a newcomer would: without what a test runner or npm leaves in the environment. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '..', '..');

export type Env = Readonly<Record<string, string | undefined>>;
export type Ended = { readonly code: number | null; readonly output: string };

export function cleanEnvironment(changes: Env = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|FOVEA_|INIT_CWD$|NODE_ENV$|NODE_OPTIONS$|TEST$)/.test(name));
  return { ...Object.fromEntries(kept), ...changes };
}

/** What is committed, as a clone brings it. */
export function cloneInto(folder: string): string {
  const clone = join(folder, 'fovea');
  execFileSync('git', ['clone', '--quiet', root, clone], { stdio: 'ignore' });
  return clone;
}

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fovea-setup-'));
}

/** Node and Python say themselves where they are: what the PATH names may be a version manager's script. */
function program(name: string): string {
  if (name === 'node') return process.execPath;
  if (name === 'python3') return execFileSync(name, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
}

/** A folder with links to the named programs and nothing else, for a PATH on which the rest is missing. */
export function pathWith(folder: string, programs: readonly string[]): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of programs) symlinkSync(program(name), join(folder, name));
  return folder;
}

export function start(command: string, args: readonly string[], { cwd, env }: { cwd: string; env?: Env }): ChildProcess {
  return spawn(command, args, { cwd, env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Exit code, and all that was printed, both streams together. */
export function ended(child: ChildProcess): Promise<Ended> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output += data.toString('utf8');
    });
  }
  return new Promise((fulfil, reject) => {
    child.once('error', reject);
    child.once('close', (code) => fulfil({ code, output }));
  });
}

export const runIn = (cwd: string, command: string, args: readonly string[], env?: Env): Promise<Ended> =>
  ended(start(command, args, env ? { cwd, env } : { cwd }));
