/**
 * A process in which one engine waits to be told how many steps to run. It hears a line of JSON on its standard input and
 * answers with one on its fourth stream, so that nothing an engine prints gets between:
 *
 *   (started)      { versions }
 *   { check: n }   { values }     numbers that every engine must agree on, from n steps
 *   { run: n }     { ms }         the time of each of n steps
 *
 * The same in Python: peers/engine_process.py. It ends when its input does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { peakMb } from './machine';

export type Launch = { readonly command: string; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
export type Versions = { readonly [part: string]: string };

/** What an engine of ours brings to its process; `close` after the last step. */
export type Engine = {
  readonly versions: Versions;
  readonly check: (steps: number) => Promise<readonly number[]>;
  readonly step: () => unknown;
};

/** The stream on which processes answer. */
export const answers = 3;

/** The side of the engine. */
export async function serve(start: () => Promise<Engine>): Promise<void> {
  const answer = (message: object): void => void writeSync(answers, `${JSON.stringify(message)}\n`);
  const engine = await start();
  answer({ versions: engine.versions });
  for await (const line of createInterface({ input: process.stdin })) {
    const { check, run = 0 } = JSON.parse(line) as { check?: number; run?: number };
    if (check !== undefined) {
      answer({ values: await engine.check(check) });
      continue;
    }
    const ms: number[] = [];
    for (let index = 0; index < run; index++) {
      const before = performance.now();
      await engine.step();
      ms.push(performance.now() - before);
    }
    answer({ ms });
  }
}

/** The side of the bench. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #said = '';

  constructor({ command, args, env }: Launch) {
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (data) => {
        this.#said = `${this.#said}${data}`.slice(-4000);
      });
    }
    this.#child.stdin!.on('error', () => {}); // an engine that has ended is found by its missing answer
    this.#child.on('error', ({ message }) => {
      this.#said = message;
    });
    this.#reader = createInterface({ input: this.#child.stdio[answers] as Readable });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** What the engine says when it has started. */
  async versions(): Promise<Versions> {
    return (await this.#answer<{ versions: Versions }>()).versions;
  }

  async check(steps: number): Promise<readonly number[]> {
    this.#tell({ check: steps });
    return (await this.#answer<{ values: number[] }>()).values;
  }

  async run(steps: number): Promise<readonly number[]> {
    this.#tell({ run: steps });
    return (await this.#answer<{ ms: number[] }>()).ms;
  }

  peakMb(): number {
    return peakMb(this.#child.pid);
  }

  async end(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    const ended = exitCode !== null || signalCode !== null ? undefined : new Promise((done) => this.#child.once('exit', done));
    this.#child.stdin!.end();
    this.#reader.close();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }

  #tell(message: object): void {
    this.#child.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  async #answer<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`ended without an answer: ${errorLine(this.#said) ?? 'it said nothing'}`);
    return JSON.parse(value as string) as T;
  }
}

/** The line that names the error, in what Node or Python say as they end. */
function errorLine(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const named = lines.filter((line) => /^\s*[\w.]*(Error|Exception|Interrupt)\b/.test(line));
  return (named.at(-1) ?? lines.at(-1))?.trim();
}
