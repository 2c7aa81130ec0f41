/** The built command line, run as a user does. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export function fovea(...words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [resolve(__dirname, '../../lib/bin/fovea.js'), ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}
