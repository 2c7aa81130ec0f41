/** What a server prints, written to a file of its own without the token, and its last line for an error message. */
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

export type LabLog = { readonly path: string; readonly lastLine: () => string };

export function keepLog({ stdout, stderr }: Pick<ChildProcess, 'stdout' | 'stderr'>, path: string): LabLog {
  const file = createWriteStream(path, { mode: 0o600 });
  file.on('error', () => {}); // a full disk must not end the server
  let last = '';
  for (const input of [stdout, stderr]) {
    if (!input) continue;
    // by lines: a token that comes in two pieces would not be known
    createInterface({ input }).on('line', (text) => {
      const line = text.replaceAll(/token=\w+/g, 'token=...');
      file.write(`${line}\n`);
      if (line.trim() !== '') last = line.trim();
    });
  }
  return { path, lastLine: () => last };
}
