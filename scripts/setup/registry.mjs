/**
 * Why a package manager failed, in one line. npm and pip print pages; what a newcomer needs is which of the few usual
 * reasons it was: no network, a proxy that does not answer, a full disk, no permission, a file with the wrong checksum.
 */
import { connect } from 'node:net';
import { Problem } from './problem.mjs';

const PROXIES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'npm_config_https_proxy',
  'npm_config_proxy',
  'PIP_PROXY',
];

const REASONS = [
  [
    /ENOSPC|No space left on device/i,
    'the disk is full',
    'free some space (3 GB are needed, the folder for temporary files included) and repeat',
  ],
  [/EDQUOT|Disk quota exceeded/i, 'your disk quota is used up', 'free some space (3 GB are needed) and repeat'],
  [
    /E407|407 Proxy Authentication|Proxy Authentication Required/i,
    'the proxy wants a name and a password',
    'set HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT and repeat',
  ],
  [
    /self.signed certificate|UNABLE_TO_(GET|VERIFY)|CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError/i,
    'the certificate of the package registry is not trusted here',
    'name your certificate file: NODE_EXTRA_CA_CERTS=FILE PIP_CERT=FILE npm start',
  ],
  [
    /EINTEGRITY|DO NOT MATCH THE HASHES/i,
    'a downloaded package does not have the checksum that the lock file demands',
    'repeat; if it stays so, the registry or its mirror serves another file: do not use it',
  ],
  [
    /EAI_AGAIN|ENOTFOUND|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|NameResolutionError|name resolution|Network is unreachable|Connection refused|ConnectTimeoutError|ReadTimeoutError|ProxyError|Max retries exceeded|NewConnectionError/i,
    'the package registry does not answer',
    'check the network connection and repeat; behind a proxy set HTTPS_PROXY',
  ],
  [
    /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    'a file or folder may not be written',
    'make the project folder and the package caches yours (ls -l shows whose they are) and repeat',
  ],
  [
    /EUSAGE|can only install packages when your package.json and package-lock.json/i,
    'package.json and package-lock.json do not agree',
    'run `npm install --ignore-scripts` and look at what it changed',
  ],
];

/** The Problem behind the output of a failed npm or pip. */
export function explain(what, { output, reason, code }, log, env = process.env) {
  const known = REASONS.find(([pattern]) => pattern.test(output));
  if (known) {
    const [, why, remedy] = known;
    return new Problem(`${what}: ${why}${proxyWords(known, env)}`, { remedy, log });
  }
  const last = output.split('\n').filter((line) => /error/i.test(line) && !/A complete log of this run/.test(line));
  const said = (last[0] ?? reason ?? `exit code ${code}`).trim().slice(0, 200);
  return new Problem(`${what} failed: ${said}`, { remedy: 'read the log, then repeat', log });
}

const proxyWords = ([, why], env) => {
  const name = why.includes('registry does not answer') && PROXIES.find((key) => env[key]);
  return name ? ` (the proxy ${name}=${redacted(env[name])} is in use)` : '';
};

/** A proxy that is set but dead makes every download wait for minutes; asking it takes a moment. */
export async function demandProxy(env = process.env) {
  const name = PROXIES.find((key) => env[key]);
  if (!name) return;
  const remedy = `correct or unset ${name}, then repeat`;
  let url;
  try {
    url = new URL(/:\/\//.test(env[name]) ? env[name] : `http://${env[name]}`);
  } catch {
    throw new Problem(`expected ${name} to be an address such as http://HOST:PORT, got ${env[name]}`, { remedy });
  }
  const answers = await new Promise((fulfil) => {
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, timeout: 5_000 });
    const settle = (value) => {
      socket.destroy();
      fulfil(value);
    };
    socket
      .once('connect', () => settle(true))
      .once('timeout', () => settle(false))
      .once('error', () => settle(false));
  });
  if (!answers) throw new Problem(`the proxy ${name}=${redacted(env[name])} does not answer`, { remedy });
}

const redacted = (address) => address.replace(/\/\/[^@/]*@/, '//');
