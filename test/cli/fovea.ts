/** The built command line, run as a user does. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { resolve } from 'node:path';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Started = { readonly child: ChildProcess; readonly stderr: () => string; readonly ended: Promise<Ended> };

export const program: string = resolve(__dirname, '../../lib/bin/fovea.js');

export function started(words: readonly string[], options: SpawnOptions = {}): Started {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => {
    stdout += data;
  });
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, stdout, stderr })));
  return { child, stderr: () => stderr, ended };
}

export const fovea = (...words: readonly string[]): Promise<Ended> => started(words).ended;
