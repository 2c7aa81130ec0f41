/** The first port, from the one asked for on, that nobody listens on. */
import { createServer } from 'node:net';
import { UserError } from './error';

export const PORTS_TRIED = 50;

export async function freePort(wanted: number, host: string): Promise<number> {
  const last = Math.min(wanted + PORTS_TRIED - 1, 65_535);
  for (let port = wanted; port <= last; port++) {
    if (await isFree(port, host)) return port;
  }
  throw new UserError(`no free port from ${wanted} to ${last}: give another with --port`);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
