import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, KernelDied, startKernel } from '../../lib/kernel/client';
import { here, sleep } from './running';

describe('a kernel that is asked', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
    await kernel.execute('/** How far the eye sees. */\nconst eyesight = { acuity: 1, blindSpot: true };');
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });
  const ask = async (type: string, content: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
    (await kernel.request('shell', `${type}_request`, content)).content;

  it('says what it is, with the TypeScript version of its cells', async () => {
    expect(await ask('kernel_info')).toMatchObject({
      status: 'ok',
      implementation: 'fovea',
      protocol_version: '5.3',
      language_info: { name: 'typescript', version: '5.0.4', file_extension: '.ts', mimetype: 'text/typescript' },
    });
  });

  it('completes names and members, counting characters as Jupyter does', async () => {
    expect(await ask('complete', { code: 'eyesi', cursor_pos: 5 })).toMatchObject({
      matches: ['eyesight'],
      cursor_start: 0,
      cursor_end: 5,
    });
    expect(await ask('complete', { code: '"👁"; eyesight.ac', cursor_pos: 16 })).toMatchObject({
      matches: ['acuity'],
      cursor_start: 14,
      cursor_end: 16,
    });
  });

  it('shows the type under the cursor', async () => {
    const { found, data } = (await ask('inspect', { code: 'eyesight', cursor_pos: 4, detail_level: 0 })) as {
      found: boolean;
      data: Record<string, string>;
    };
    expect(found).toBe(true);
    expect(data['text/plain']).toContain('blindSpot: boolean');
    expect(await ask('inspect', { code: '   ', cursor_pos: 1, detail_level: 0 })).toMatchObject({ status: 'ok', found: false });
  });

  it('knows half a statement from a whole one', async () => {
    expect(await ask('is_complete', { code: 'for (;;) {' })).toEqual({ status: 'incomplete', indent: '  ' });
    expect(await ask('is_complete', { code: '1 + 1' })).toEqual({ status: 'complete' });
  });

  it('answers for its history and its comms', async () => {
    const { history } = (await ask('history', { hist_access_type: 'tail', n: 1 })) as { history: [number, number, string][] };
    expect(history[0]?.[2]).toContain('eyesight');
    expect(await ask('comm_info')).toEqual({ status: 'ok', comms: {} });
  });

  it('answers while a cell is running', async () => {
    const running = kernel.execute('await new Promise((done) => setTimeout(done, 300));');
    expect(await ask('complete', { code: 'eyesi', cursor_pos: 5 })).toMatchObject({ matches: ['eyesight'] });
    expect((await running).reply.status).toBe('ok');
  });
});

describe("a kernel's end", () => {
  it('comes at once when asked, also with timers alive', async () => {
    const kernel = await startKernel({ cwd: here });
    await kernel.execute('setInterval(() => {}, 50);');
    expect(await kernel.shutdown()).toMatchObject({ code: 0, signal: null });
  });

  it('comes when asked in the middle of a loop', async () => {
    const kernel = await startKernel({ cwd: here });
    await kernel.execute('1');
    const looping = kernel.execute('await null; for (;;);').catch((error: unknown) => error);
    await sleep(300);
    expect(await kernel.shutdown(10_000)).toMatchObject({ signal: 'SIGKILL' });
    expect(await looping).toBeInstanceOf(KernelDied);
  });

  it('is told to whoever waits for a cell', async () => {
    const kernel = await startKernel({ cwd: here });
    await expect(kernel.execute("process.kill(process.pid, 'SIGKILL');\nawait new Promise(() => {});")).rejects.toThrow(/ended by SIGKILL/);
  });

  it('follows the death of the process that started it', async () => {
    const start = `require('${resolve(here, '../lib/dist/kernel/client.js')}').startKernel({ cwd: '.' }).then((kernel) => console.log(kernel.pid))`;
    const parent = spawn(process.execPath, ['-e', start], { cwd: here, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(await new Promise((done) => parent.stdout.once('data', done)));
    parent.kill('SIGKILL');
    for (const end = Date.now() + 8000; isAlive(pid) && Date.now() < end; ) await sleep(100);
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
