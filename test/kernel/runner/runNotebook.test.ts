import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CodeCell, readNotebook } from '../../../lib/kernel/notebook/notebook';
import { type NotebookReport, type RunOptions, runNotebook } from '../../../lib/kernel/runner/runNotebook';
import { blocked, here, type NotebookFile, notebookFile, type Source } from '../running';

let file: NotebookFile | undefined;
afterEach(() => file?.remove());

type Ran = { report: NotebookReport; outputs: CodeCell['outputs'][]; cells: CodeCell[] };

async function ran(cells: readonly Source[], options: Partial<RunOptions> = {}, parameters?: string): Promise<Ran> {
  file = notebookFile('tried', cells, parameters === undefined ? {} : { parameters });
  const executed = join(file.folder, 'executed.ipynb');
  const report = await runNotebook({ path: file.path, executed, ...options });
  const written = readNotebook(executed).cells as CodeCell[];
  return { report, cells: written, outputs: written.map(({ outputs }) => outputs) };
}

describe('a notebook that is run', () => {
  it('gets its parameters, and its executed copy their cell and all outputs', async () => {
    const { report, cells, outputs } = await ran(['console.log(rate);\nrate * 2'], { parameters: { rate: '0.5' } }, 'const rate = 0.1;');
    expect(report).toMatchObject({
      status: 'ok',
      parameters: { rate: 0.5 },
      cells: [
        { cell: 1, status: 'ok' },
        { cell: 2, status: 'ok' },
        { cell: 3, status: 'ok' },
      ],
    });
    expect(cells.map(({ execution_count }) => execution_count)).toEqual([1, 2, 3]);
    expect(outputs[2]).toEqual([
      { output_type: 'stream', name: 'stdout', text: '0.5\n' },
      { output_type: 'execute_result', data: { 'text/plain': '1' }, metadata: {}, execution_count: 3 },
    ]);
  });

  it('stops at a cell that fails, and its copy holds what there was until then', async () => {
    const { report, outputs } = await ran(["console.log('before');", "throw new RangeError('bad');", "console.log('never');"]);
    expect(report.status).toBe('failed');
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'failed', 'not run']);
    expect(report.cells[1]).toMatchObject({ error: 'RangeError: bad', traceback: expect.stringContaining('In[2]:1:7') });
    expect(outputs.map((all) => all.map(({ output_type }) => output_type))).toEqual([['stream'], ['error'], []]);
  });

  it('fails by an error thrown after its last cell has ended', async () => {
    const { report, outputs } = await ran(['1', "void setTimeout(() => { throw new Error('late'); }, 300);"]);
    expect(report.cells.map(({ status, error }) => [status, error])).toEqual([
      ['ok', undefined],
      ['failed', 'Error: late'],
    ]);
    expect(outputs[1]).toMatchObject([{ output_type: 'error', ename: 'Error', evalue: 'late' }]);
  });

  it('fails by a rejection that nobody handles', async () => {
    expect((await ran(["void Promise.reject(new Error('unhandled'));", '1'])).report).toMatchObject({
      status: 'failed',
      cells: [{ status: 'failed' }, {}],
    });
  });

  it('fails the cell that left behind what raised while a later one was running, and runs none after that', async () => {
    const { report, outputs } = await ran([
      "void setTimeout(() => { throw new Error('left behind'); }, 200);",
      "await new Promise((done) => setTimeout(done, 1000));\nconsole.log('innocent');",
      '3',
    ]);
    expect(report.status).toBe('failed');
    expect(report.cells.map(({ status, error }) => [status, error])).toEqual([
      ['failed', 'Error: left behind'],
      ['ok', undefined],
      ['not run', undefined],
    ]);
    expect(outputs.map((all) => all.map(({ output_type }) => output_type))).toEqual([['error'], ['stream'], []]);
  });

  it.each([
    ["import { exec } from 'node:child_process';\nexec('sleep 0.4', () => { throw new Error('late'); });", 'a process that ends'],
    ["let times = 0;\nsetInterval(() => { if (times++ === 0) throw new Error('late'); }, 400);", 'an interval that fires first'],
    [
      "import { Worker } from 'node:worker_threads';\nnew Worker('setTimeout(() => { throw new Error(\"late\"); }, 400)', { eval: true });",
      'a worker',
    ],
    [
      "import { createServer } from 'node:http';\nconst slow = createServer((_, to) => void setTimeout(() => to.destroy(), 400)).listen(0);\nconst { port } = slow.address() as { port: number };\nvoid fetch('http://localhost:' + port).catch(() => { throw new Error('late'); });",
      'a connection',
    ],
    [
      "import { readFile } from 'node:fs/promises';\nvoid readFile(__filename + '/none').catch(() => { throw new Error('late'); });",
      'a file',
    ],
  ])('waits at its end for what may still raise: %s', async (source) => {
    const { report } = await ran([source.replace('__filename', "'/tmp'")]);
    expect(report.cells).toMatchObject([{ status: 'failed', error: 'Error: late' }]);
  });

  it('waits a second at most', async () => {
    const { report } = await ran(['void setTimeout(() => {}, 3_600_000);\nsetInterval(() => {}, 3_600_000);']);
    expect(report.status).toBe('ok');
    expect(report.seconds).toBeLessThan(20);
  });

  it('takes raises-exception for may raise, as nbclient does', async () => {
    const tags = ['raises-exception'];
    const late = "void setTimeout(() => { throw new Error('allowed too'); }, 100);";
    const { report } = await ran([
      { source: "throw new Error('allowed');", tags },
      { source: '1', tags },
      { source: late, tags },
    ]);
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  });

  it('survives the death of its kernel, with the cell marked', async () => {
    const { report, outputs } = await ran([
      "console.log('before');",
      "process.kill(process.pid, 'SIGKILL');\nawait new Promise(() => {});",
      '1',
    ]);
    expect(report.status).toBe('died');
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'died', 'not run']);
    expect(outputs[1]).toMatchObject([{ output_type: 'error', ename: 'KernelDied' }]);
    expect(report.cells[1]?.seconds).toBeLessThan(5);
  });

  it('tells that memory ran out', async () => {
    const hoarding = 'const all: number[][] = [];\nfor (;;) all.push(new Array(100_000).fill(all.length + 0.5));';
    const { report } = await ran([hoarding], { env: { NODE_OPTIONS: '--max-old-space-size=200' } });
    expect(report).toMatchObject({ status: 'died', kernelDied: true });
    expect(report.cells[0]?.error).toMatch(/^the kernel's process ended by SIGABRT; it last wrote: FATAL ERROR: .*out of memory$/);
  });

  it.each([
    ['process.exit(0);', 'at once'],
    ['void setTimeout(() => process.exit(0), 300);', 'after its last cell has ended'],
  ])('never passes when a cell ends its process, also with code 0: %s', async (source) => {
    const { report, cells } = await ran(["console.log('before');", source]);
    expect([report.status, report.kernelDied]).toEqual(['died', true]);
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'died']);
    expect(cells[1]).toMatchObject({ metadata: { fovea: { status: 'died' } }, outputs: [{ output_type: 'error', ename: 'KernelDied' }] });
  });

  it('kills a kernel whose cell cannot be interrupted, with what the cell has started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-test-'));
    const { report, cells } = await ran([blocked(folder, 'sleep 61.5')], { timeoutMs: 2000 });
    rmSync(folder, { recursive: true });
    expect(report).toMatchObject({ status: 'timeout', kernelDied: true });
    expect(report.cells[0]?.error).toBe('the cell ran longer than 2 s and did not end: its kernel was killed');
    expect(report.cells[0]?.seconds).toBeLessThan(25); // 2 to the interrupt, 5 to the kill
    expect(cells[0]?.outputs).toMatchObject([{ text: 'begun\n' }, { ename: 'CellTimeout' }]);
    expect(spawnSync('pgrep', ['-f', 'sleep 61.5']).stdout.toString()).toBe('');
  });

  it.each([200, 1200])('is ended by its signal also while its kernel is starting, after %i ms', async (wait) => {
    const stop = new AbortController();
    let asked = 0;
    setTimeout(() => {
      asked = Date.now();
      stop.abort();
    }, wait);
    const { report, cells } = await ran(['1', '2'], { signal: stop.signal });
    expect(Date.now() - asked).toBeLessThan(2500);
    expect([report.status, report.kernelDied, report.cells.map(({ status }) => status)]).toEqual([
      'interrupted',
      false,
      ['not run', 'not run'],
    ]);
    expect(cells.map(({ outputs }) => outputs)).toEqual([[], []]);
  });

  it('is ended by its signal, with what there was', async () => {
    const stop = new AbortController();
    const { report, outputs } = await ran(["console.log('begun');\nfor (;;) await new Promise((done) => setTimeout(done, 20));", '2'], {
      signal: stop.signal,
      onCell: () => setTimeout(() => stop.abort(), 1500),
    });
    expect(report.status).toBe('interrupted');
    expect(report.cells.map(({ status }) => status)).toEqual(['interrupted', 'not run']);
    expect(outputs[0]).toMatchObject([{ text: 'begun\n' }, { ename: 'KeyboardInterrupt' }]);
  });

  it('ends a cell that takes longer than it may', async () => {
    const { report, cells } = await ran(['1', 'for (;;) await new Promise((done) => setTimeout(done, 50));'], { timeoutMs: 4000 });
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'timeout']);
    expect(cells[1]).toMatchObject({
      metadata: { fovea: { status: 'timeout' }, papermill: { status: 'failed', exception: true } },
      outputs: [{ ename: 'KeyboardInterrupt' }, { ename: 'CellTimeout', evalue: 'the cell ran longer than 4 s and was interrupted' }],
    });
  });

  it('keeps 20 MB of one cell and 10,000 lines of timers, in order, also those that come after its last cell', async () => {
    const { report, outputs } = await ran([
      "for (let i = 0; i < 200; i++) console.log(String(i).padEnd(99_999, 'x'));",
      'for (let i = 0; i < 10_000; i++) setTimeout(() => console.log(i), i / 20);',
    ]);
    expect(report.status).toBe('ok');
    const text = (cell: number): string => outputs[cell]!.map((output) => output.text).join('');
    expect(text(0)).toHaveLength(20_000_000);
    expect(text(0).split('\n').map(Number.parseFloat)).toEqual([...Array.from({ length: 200 }, (_, i) => i), Number.NaN]);
    expect(text(1)).toBe(Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(''));
  });

  it('fails when a message of its kernel does not arrive', async () => {
    const swallowing = `import { Publisher, XPublisher } from 'zeromq';
      for (const { prototype } of [Publisher, XPublisher]) {
        const send = prototype.send;
        const value = async function (this: never, frames: unknown[]) {
          if (!String(frames).includes('swallowed')) await send.call(this, frames as never);
        };
        Object.defineProperty(prototype, 'send', { value });
      }`;
    const said = "console.log('said');\nawait new Promise((done) => setTimeout(done, 200));\nconsole.log('swal' + 'lowed');";
    file = notebookFile('tried', [swallowing, said], { under: here }); // from where zeromq is found
    const report = await runNotebook({ path: file.path, executed: join(file.folder, 'executed.ipynb') });
    expect(report.cells.map(({ status, error }) => [status, error])).toEqual([
      ['ok', undefined],
      ['failed', "1 of the kernel's messages, which carry the output, did not arrive"],
    ]);
  });

  it('leaves in its copy what papermill leaves, by the same names', async () => {
    const { report, cells } = await ran(
      ["throw new Error('no');", '2'],
      { parameters: { rate: '0.5' } },
      "const rate = 0.1;\nconst name = 'x';",
    );
    const { metadata } = readNotebook(report.executed);
    expect(metadata.papermill).toEqual({
      default_parameters: { name: 'x', rate: 0.1 },
      duration: expect.any(Number),
      end_time: expect.stringMatching(/^20\d\d-.*Z$/),
      environment_variables: {},
      exception: true,
      input_path: expect.stringMatching(/tried\.ipynb$/),
      output_path: expect.stringMatching(/executed\.ipynb$/),
      parameters: { rate: 0.5 },
      start_time: expect.stringMatching(/^20\d\d-.*Z$/),
      version: expect.stringMatching(/^fovea /),
    });
    expect(isAbsolute((metadata.papermill as { input_path: string }).input_path)).toBe(false);
    const of = (cell: CodeCell): unknown[] => {
      const { status, exception, duration, start_time } = cell.metadata.papermill as Record<string, unknown>;
      return [status, exception, typeof duration, typeof start_time];
    };
    expect(cells.map(of)).toEqual([
      ['completed', false, 'number', 'string'],
      ['completed', false, 'number', 'string'],
      ['failed', true, 'number', 'string'],
      ['pending', null, 'object', 'object'],
    ]);
    expect(cells.map(({ metadata: { tags } }) => tags)).toEqual([['parameters'], ['injected-parameters'], undefined, undefined]);
  });

  it('needs no kernel without code', async () => {
    const { report } = await ran([]);
    expect(report).toMatchObject({ status: 'ok', cells: [], kernelDied: false });
    expect(report.seconds).toBeLessThan(1);
  });

  it('says that its copy could not be written, and does not pass', async () => {
    file = notebookFile('tried', []);
    const report = await runNotebook({ path: file.path, executed: join(file.path, 'executed.ipynb') });
    expect(report).toMatchObject({ status: 'failed', error: expect.stringMatching(/executed\.ipynb: cannot be written/) });
  });

  it('changes a display in place when it is updated', async () => {
    const { outputs } = await ran([
      "import * as tslab from 'tslab';\nconst slot = tslab.newDisplay();\nslot.text('1 of 2');\nconsole.log('between');\nslot.text('2 of 2');",
    ]);
    expect(outputs[0]).toEqual([
      { output_type: 'display_data', data: { 'text/plain': '2 of 2' }, metadata: {} },
      { output_type: 'stream', name: 'stdout', text: 'between\n' },
    ]);
  });
});
