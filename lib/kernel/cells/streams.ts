/** Turns what code writes to stdout and stderr, and what it displays through tslab, into output of the cell that caused it. */

import type { Json } from '../protocol/message';
import type { CellContext } from './cellContext';
import { installConsoleGroups } from './consoleGroups';
import type { StreamName } from './output';

type Write = typeof process.stdout.write;
type Done = (error?: Error | null) => void;

/** tslab's module with the function that its `display`, and ours, send bundles through. */
type Displaying = { lastWriteDisplayData: ((content: Json, update: boolean) => void) | null };

/** Returns the process's own stderr, for the server's log. */
export function installStreams(cell: () => CellContext | undefined): (text: string) => void {
  installConsoleGroups();
  const log = process.stderr.write.bind(process.stderr);
  process.stdout.write = writer('stdout', cell, process.stdout.write.bind(process.stdout));
  process.stderr.write = writer('stderr', cell, log);
  const displaying = require('tslab/dist/jupyter.js') as Displaying;
  displaying.lastWriteDisplayData = (content, update) => {
    const owner = cell();
    if (owner && !owner.stopped) owner.output.send(update ? 'update_display_data' : 'display_data', content);
  };
  return (text) => void log(text);
}

function writer(name: StreamName, cell: () => CellContext | undefined, original: Write): Write {
  return (data: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const owner = cell();
    if (!owner) return typeof encoding === 'function' ? original(data, encoding) : original(data, encoding, done);
    const inBytes = typeof data === 'string' && typeof encoding === 'string' && !/^utf-?8$/i.test(encoding);
    if (!owner.stopped) owner.output.write(name, inBytes ? Buffer.from(data, encoding) : data);
    const callback = typeof encoding === 'function' ? encoding : done;
    if (callback) process.nextTick(callback);
    return true;
  };
}
