/** A process that works by itself and reports with lines of JSON on its fourth stream. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { answers, type Launch } from './engineProcess';
import { peakMb } from './machine';

/** Each report as it comes; `peakMb` is the largest the process was by then. Throws when the process fails. */
export async function* reports<Report>({ command, args, env }: Launch): AsyncGenerator<Report & { peakMb: number }> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  try {
    for await (const line of createInterface({ input: child.stdio[answers] as Readable })) {
      yield { ...(JSON.parse(line) as Report), peakMb: peakMb(child.pid) };
    }
    const code = await ended;
    if (code !== 0) throw new Error(`bench: expected ${args.at(-1)} to end well, it ended with code ${code}; its own words stand above`);
  } finally {
    child.kill();
  }
}
