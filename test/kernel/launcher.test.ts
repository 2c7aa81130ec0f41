import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, KernelDied, startKernel } from '../../lib/kernel/protocol/client';
import { version } from '../../lib/package.json';
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
      implementation_version: version,
      protocol_version: '5.4',
      banner: `Fovea ${version}: TypeScript 5.0.4 on Node.js ${process.versions.node}`,
      supported_features: [],
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

  it('says what kind of thing each completion is, in the field that JupyterLab reads', async () => {
    await kernel.execute("import { tf } from 'fovea';\nclass Eye { lid = 1; /** Shuts it. */ blink(): void {} }\nfunction look(): void {}");
    const kinds = async (code: string): Promise<Record<string, unknown>[]> => {
      const { matches, metadata } = await ask('complete', { code, cursor_pos: [...code].length });
      const types = (metadata as { _jupyter_types_experimental: Record<string, unknown>[] })._jupyter_types_experimental;
      expect(types.map(({ text }) => text)).toEqual(matches);
      return types;
    };
    expect(await kinds("'👁'; new Eye().")).toEqual([
      { start: 15, end: 15, text: 'blink', type: 'function' },
      { start: 15, end: 15, text: 'lid', type: 'property' },
    ]);
    const [look, eye, constant, tf] = await Promise.all(['look', 'Eye', 'eyesight', 'tf'].map(kinds));
    expect([look, eye, constant, tf].map((types) => types?.[0]?.type)).toEqual(['function', 'class', 'instance', 'instance']);
  });

  it('shows type and documentation of what is under the cursor', async () => {
    const inspect = async (code: string, cursor_pos: number, detail_level = 0): Promise<Record<string, unknown>> =>
      ask('inspect', { code, cursor_pos, detail_level });
    const { found, data } = (await inspect('eyesight', 4)) as { found: boolean; data: Record<string, string> };
    expect(found).toBe(true);
    expect(data['text/plain']).toContain('blindSpot: boolean');
    expect(data['text/plain']).toMatch(/\n\nHow far the eye sees\.$/);
    expect(data['text/markdown']).toMatch(/^```typescript\nconst eyesight: \{/);
    expect((await inspect('Eye', 1, 0)).data).toMatchObject({ 'text/plain': 'class Eye' });
    expect((await inspect('Eye', 1, 1)).data).toMatchObject({ 'text/plain': expect.stringContaining('blink(): void;') });
    expect(await inspect('   ', 1)).toMatchObject({ status: 'ok', found: false });
    expect(await inspect('nobodyKnows', 3)).toEqual({ status: 'ok', found: false, data: {}, metadata: {} });
  });

  it('knows half a statement from a whole one and from one that nothing mends', async () => {
    expect(await ask('is_complete', { code: 'for (;;) {' })).toEqual({ status: 'incomplete', indent: '  ' });
    expect(await ask('is_complete', { code: '1 + 1' })).toEqual({ status: 'complete' });
    expect(await ask('is_complete', { code: 'eyesight?' })).toEqual({ status: 'complete' });
    expect(await ask('is_complete', { code: 'const = 3' })).toEqual({ status: 'invalid' });
  });

  it('answers for its history and its comms', async () => {
    const { history } = (await ask('history', { hist_access_type: 'search', pattern: '*acuity: 1*' })) as {
      history: [number, number, string][];
    };
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

  it('says whether it is for a restart', async () => {
    const kernel = await startKernel({ cwd: here });
    const { content } = await kernel.request('control', 'shutdown_request', { restart: true });
    expect(content).toEqual({ status: 'ok', restart: true });
    expect(await kernel.exited).toMatchObject({ code: 0 });
  });

  it.each([
    ['idle', '1'],
    ['in a loop', 'for (;;);'],
    ['in a loop after an await', 'await null; for (;;);'],
  ])('follows the death of the process that started it, while it is %s', async (_, code) => {
    const client = JSON.stringify(resolve(here, '../lib/dist/kernel/protocol/client.js'));
    const started = `(kernel) => { console.log(kernel.pid); kernel.execute(${JSON.stringify(code)}); }`;
    const start = `require(${client}).startKernel({ cwd: '.' }).then(${started})`;
    const parent = spawn(process.execPath, ['-e', start], { cwd: here, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(await new Promise((done) => parent.stdout.once('data', done)));
    await sleep(1000); // the cell runs
    parent.kill('SIGKILL');
    for (const end = Date.now() + 10_000; isAlive(pid) && Date.now() < end; ) await sleep(100);
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
