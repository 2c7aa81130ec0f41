import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CodeCell, readNotebook } from '../../lib/kernel/notebook';
import { type NotebookReport, type RunOptions, runNotebook } from '../../lib/kernel/runNotebook';
import { type NotebookFile, notebookFile } from './running';

let file: NotebookFile | undefined;
afterEach(() => file?.remove());

type Ran = { report: NotebookReport; outputs: CodeCell['outputs'][]; cells: CodeCell[] };

async function ran(cells: readonly string[], options: Partial<RunOptions> = {}, parameters?: string): Promise<Ran> {
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

  it('survives the death of its kernel, with the cell marked', async () => {
    const { report, outputs } = await ran([
      "console.log('before');",
      "process.kill(process.pid, 'SIGKILL');\nawait new Promise(() => {});",
      '1',
    ]);
    expect(report.status).toBe('died');
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'died', 'not run']);
    expect(outputs[1]).toMatchObject([{ output_type: 'error', ename: 'KernelDied' }]);
  });

  it('ends a cell that takes longer than it may', async () => {
    const { report, cells } = await ran(['1', 'for (;;) await new Promise((done) => setTimeout(done, 50));'], { timeoutMs: 4000 });
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'timeout']);
    expect(cells[1]).toMatchObject({
      metadata: { fovea: { status: 'timeout' }, papermill: { status: 'failed', exception: true } },
      outputs: [{ ename: 'KeyboardInterrupt' }, { ename: 'CellTimeout', evalue: 'the cell ran longer than 4 s and was interrupted' }],
    });
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
