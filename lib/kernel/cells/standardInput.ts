/**
 * A kernel's standard input: there is none, though the server leaves a pipe open that nobody ever writes to. Code that reads
 * it is told so at once instead of waiting for ever.
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { Readable } from 'node:stream';

const problem = (): Error =>
  new Error(
    "process.stdin: expected somebody to type, a notebook's cell has no terminal; ask with `await input('...')`, import { input } from 'fovea'",
  );

class NoInput extends Readable {
  override _read(): void {
    this.destroy(problem());
  }
  /** Everything that reads by events comes by here. */
  override resume(): this {
    throw problem();
  }
}

export function installNoStandardInput(): void {
  closeSync(0); // for what reads the descriptor, and for the processes that inherit it
  openSync(devNull, 'r'); // takes the lowest number that is free
  Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, value: new NoInput() });
}
