/** Requests of cells that have not been answered: a file, a process, a connection, an address that is looked up. */

/** Node's names of them. Servers and watchers, which never end by themselves, are not among them. */
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

/** How many there are. The kernel's own work holds none while it waits. */
export const pendingWork = (): number => process.getActiveResourcesInfo().filter((name) => REQUESTS.has(name)).length;
