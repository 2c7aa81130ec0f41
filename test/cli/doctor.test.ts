import { afterEach, describe, expect, it, vi } from 'vitest';
import { Fault, look } from '../../lib/cli/checks/check';
import { backendLoads, multiplies } from '../../lib/cli/checks/computing';
import { chromium, embeddedData, fonts } from '../../lib/cli/checks/figures';
import { freeDisk, nodeVersion } from '../../lib/cli/checks/installation';
import { zeromqLoads } from '../../lib/cli/checks/jupyter';
import { line, summary } from '../../lib/cli/doctor';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('fovea doctor', () => {
  it('says ok with what was found, and then no repair', async () => {
    expect(await look({ name: 'a', repair: 'r', look: () => 'found' })).toEqual({
      name: 'a',
      status: 'ok',
      detail: 'found',
      repair: undefined,
    });
  });

  it('warns with the usual repair unless the check names a better one', async () => {
    expect(await look({ name: 'a', repair: 'r', look: () => ({ warn: 'w' }) })).toMatchObject({ status: 'warn', detail: 'w', repair: 'r' });
    expect(await look({ name: 'a', repair: 'r', look: () => ({ warn: 'w', repair: 'better' }) })).toMatchObject({ repair: 'better' });
  });

  it('turns whatever a check throws into one line that fails', async () => {
    const thrown = (error: unknown) => look({ name: 'a', repair: 'r', look: () => Promise.reject(error) });
    expect(await thrown(new Error('first\n    at stack'))).toMatchObject({ status: 'fail', detail: 'first', repair: 'r' });
    expect(await thrown(new Fault('why', 'better'))).toMatchObject({ status: 'fail', detail: 'why', repair: 'better' });
    expect(await thrown('a string')).toMatchObject({ status: 'fail', detail: 'a string' });
  });

  it('prints a line a check, a second one for the repair, and the counts', () => {
    const bad = { name: 'Chromium', status: 'warn', detail: 'none', repair: 'apt install chromium' } as const;
    expect(line(bad)).toBe('warn  Chromium            none\n      to repair: apt install chromium');
    expect(summary([bad, { ...bad, status: 'ok', repair: undefined }])).toBe('1 ok, 1 warn, 0 fail');
  });

  it('finds the backend, its product, zeromq, the fonts, the data, Node and the disk of this machine in order', async () => {
    const checks = await Promise.all([multiplies, zeromqLoads, fonts, embeddedData, nodeVersion, freeDisk].map(look));
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect((await look(backendLoads)).detail).toMatch(/^(native: TensorFlow|wasm: tfjs) /);
  });

  it('warns of a missing Chromium and goes on', async () => {
    vi.stubEnv('FOVEA_CHROMIUM', '/nowhere/chromium');
    expect(await look(chromium)).toMatchObject({ status: 'warn', repair: expect.stringContaining('apt install chromium') });
  });
});
