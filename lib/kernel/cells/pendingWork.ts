/**
 * What cells have begun that may still raise: a file, a process, a connection, an address that is looked up, a worker. Work
 * of Node's thread pool alone (hashes, compression) cannot be seen; it takes moments.
 */
import type { Worker } from 'node:worker_threads';

/** Node's names. Servers and watchers, which never end by themselves, are not among them. */
const REQUESTS = new Set([
  'DNSCHANNEL',
  'FSReqCallback',
  'FSReqPromise',
  'GetAddrInfoReqWrap',
  'HTTPClientRequest',
  'ProcessWrap',
  'TCPConnectWrap',
  'TCPSocketWrap',
  'TLSWrap',
]);

let workers: Set<Worker> | undefined;

/** How much there is. The kernel's own work is none while it waits: its thread runs before this is first asked. */
export function pendingWork(): number {
  workers ??= watchWorkers();
  return workers.size + process.getActiveResourcesInfo().filter((name) => REQUESTS.has(name)).length;
}

function watchWorkers(): Set<Worker> {
  const running = new Set<Worker>();
  process.on('worker', (worker: Worker) => {
    running.add(worker);
    worker.once('exit', () => void running.delete(worker));
  });
  return running;
}
