/** What npm and pip print when they fail, as they print it, and what a newcomer is told. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from './scratch';

type Failure = { readonly code: number; readonly output: string; readonly reason?: string };
type Registry = {
  explain: (what: string, failure: Failure, log: string, env?: Record<string, string>) => Error & { remedy: string; log: string };
  demandProxy: (env: Record<string, string>) => Promise<void>;
};
let registry: Registry;
beforeAll(async () => {
  registry = (await import(join(root, 'scripts', 'setup', 'registry.mjs'))) as Registry;
});

const told = (output: string, env = {}): string => registry.explain('npm ci', { code: 1, output }, 'a.log', env).message;

describe('a failed package manager', () => {
  it.each([
    ['npm error code ENOSPC\nnpm error errno -28', 'the disk is full'],
    ['ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device', 'the disk is full'],
    ['npm error code ENOTFOUND\nnpm error network request to the registry failed', 'the package registry does not answer'],
    [
      "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching distribution",
      'the package registry does not answer',
    ],
    ['npm error code E407', 'the proxy wants a name and a password'],
    ['npm error code EINTEGRITY', 'a downloaded package does not have the checksum that the lock file demands'],
    ['ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.', 'a downloaded package does not have the checksum'],
    ['npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the certificate of the package registry is not trusted here'],
    ["npm error code EACCES\nnpm error syscall mkdir\nnpm error path '/node_modules'", 'a file or folder may not be written'],
    ['npm error code EUSAGE', 'package.json and package-lock.json do not agree'],
    ['npm error code EWHATEVER\nnpm error something new', 'npm ci failed: npm error code EWHATEVER'],
    ['', 'npm ci failed: exit code 1'],
  ])('that prints %j is told as one reason', (output, reason) => {
    expect(told(output)).toContain(reason);
    expect(told(output)).not.toContain('\n');
  });

  it('names the proxy in use when the registry does not answer, never its password', () => {
    expect(told('npm error code ETIMEDOUT', { HTTPS_PROXY: 'http://me:secret@proxy:8080' })).toBe(
      'npm ci: the package registry does not answer (the proxy HTTPS_PROXY=http://proxy:8080 is in use)',
    );
  });

  it('has a remedy and the log beside it', () => {
    expect(registry.explain('npm ci', { code: 1, output: 'ENOSPC' }, 'a.log')).toMatchObject({
      log: 'a.log',
      remedy: expect.stringContaining('free some space'),
    });
  });
});

describe('a proxy', () => {
  it('that is no address is refused with what is expected', async () => {
    await expect(registry.demandProxy({ HTTPS_PROXY: 'http://' })).rejects.toThrow(
      'expected HTTPS_PROXY to be an address such as http://HOST:PORT, got http://',
    );
  });

  it('that is not set is no matter', async () => {
    await expect(registry.demandProxy({})).resolves.toBeUndefined();
  });
});
