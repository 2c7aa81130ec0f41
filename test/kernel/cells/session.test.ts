import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, ofType, printed, shown, sleep } from '../running';

describe('a kernel that runs cells', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });

  it('delivers 5,000 quick lines whole, in order, in a few messages', async () => {
    const { published, reply } = await kernel.execute('for (let i = 0; i < 5000; i++) console.log(i);');
    expect(reply.status).toBe('ok');
    expect(printed({ published })).toBe(Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(''));
    expect(ofType(published, 'stream').length).toBeLessThan(100);
  });

  it('keeps displays in their place among the lines', async () => {
    const cell = "import * as tslab from 'tslab';\nconsole.log('before');\ntslab.display.html('<b>here</b>');\nconsole.log('after');";
    const { published } = await kernel.execute(cell);
    const order = published.filter(({ header }) => ['stream', 'display_data'].includes(header.msg_type));
    expect(order.map(({ content }) => content.text ?? content.data)).toEqual(['before\n', { 'text/html': '<b>here</b>' }, 'after\n']);
  });

  it('announces each cell with its number and counts on', async () => {
    const first = await kernel.execute('1');
    const second = await kernel.execute('2');
    const [announced] = ofType(second.published, 'execute_input');
    expect(announced).toEqual({ code: '2', execution_count: (first.reply.execution_count as number) + 1 });
    expect(second.reply.execution_count).toBe(announced?.execution_count);
  });

  it('shows the value of the last expression, and that of a value that says how it is shown', async () => {
    expect(shown(await kernel.execute('const a = 20;\na + 1'))).toBe('21');
    const { published } = await kernel.execute("({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': 'as it likes' }) })");
    expect(ofType(published, 'execute_result')[0]?.data).toEqual({ 'text/plain': 'as it likes' });
  });

  it('lets a later cell declare a name again', async () => {
    await kernel.execute('const again = 1;');
    expect(shown(await kernel.execute("const again = 'two'; again"))).toBe("'two'");
  });

  it('counts a silent cell not and announces it not', async () => {
    const before = await kernel.execute('0');
    const silent = await kernel.execute('3 + 4', { silent: true });
    expect(silent.reply.execution_count).toBe(before.reply.execution_count);
    expect(ofType(silent.published, 'execute_input')).toEqual([]);
    expect(shown(silent)).toBeUndefined();
  });

  it('keeps a cell out of history and count where asked to, but announces it and shows its value', async () => {
    const before = await kernel.execute('0');
    const { content } = await kernel.request('shell', 'execute_request', { code: '7 // unstored', store_history: false });
    expect(content).toMatchObject({ status: 'ok', execution_count: before.reply.execution_count });
    const asked = { hist_access_type: 'tail', n: 1, output: true };
    const { history } = (await kernel.request('shell', 'history_request', asked)).content;
    expect(history).toEqual([[0, before.reply.execution_count, ['0', '0']]]);
  });

  it('evaluates what a client wants to know after a cell, each for itself', async () => {
    const user_expressions = {
      sum: 'one + 1',
      missing: 'nowhere',
      thrown: "(() => { throw new RangeError('far'); })()",
      none: 'undefined',
    };
    const { content, metadata } = await kernel.request('shell', 'execute_request', { code: 'const one = 1;', user_expressions });
    expect(content).toMatchObject({
      status: 'ok',
      payload: [],
      user_expressions: {
        sum: { status: 'ok', data: { 'text/plain': '2' }, metadata: {} },
        missing: { status: 'error', ename: 'TypeScriptError', evalue: "1:1 Cannot find name 'nowhere'." },
        thrown: { status: 'error', ename: 'RangeError', evalue: 'far' },
        none: { status: 'ok', data: { 'text/plain': 'undefined' } },
      },
    });
    expect((content.user_expressions as { thrown: { traceback: unknown[] } }).thrown.traceback.length).toBeGreaterThan(0);
    expect(Date.parse(String(metadata.started))).toBeLessThanOrEqual(Date.now());
    const failed = await kernel.request('shell', 'execute_request', { code: "throw new Error('x')", user_expressions });
    expect(failed.content).not.toHaveProperty('user_expressions');
  });

  it('clears its output at once, or with the next thing shown', async () => {
    const cell = "import { clearOutput } from 'fovea';\nconsole.log('a');\nclearOutput();\nconsole.log('b');\nclearOutput({ wait: true });";
    const { published } = await kernel.execute(cell);
    const order = published.filter(({ header }) => ['stream', 'clear_output'].includes(header.msg_type));
    expect(order.map(({ content }) => content.text ?? content.wait)).toEqual(['a\n', false, 'b\n', true]);
  });

  it('aborts the cells that were waiting when one failed, and runs those sent after its answer', async () => {
    const replies = await Promise.all([kernel.execute("throw new Error('first')"), kernel.execute('1'), kernel.execute('2')]);
    expect(replies.map(({ reply }) => reply.status)).toEqual(['error', 'aborted', 'aborted']);
    expect((await kernel.execute('3')).reply.status).toBe('ok');
  });

  it('runs the waiting cells where stop_on_error is off', async () => {
    const failing = kernel.execute("throw new Error('first')", { stopOnError: false });
    expect((await kernel.execute('1')).reply.status).toBe('ok');
    expect((await failing).reply.status).toBe('error');
  });

  it('sends late output to the cell that caused it', async () => {
    const late: string[] = [];
    let id = '';
    kernel.onPublished(({ header, parent, content }) => {
      if (header.msg_type === 'stream' && parent.msg_id === id) late.push(String(content.text));
    });
    await kernel.execute("setTimeout(() => console.log('late'), 100);", {
      onStart: (request) => {
        id = request;
      },
    });
    const next = await kernel.execute("await new Promise((done) => setTimeout(done, 250)); console.log('mine');");
    await sleep(100);
    expect(late).toEqual(['late\n']);
    expect(printed(next)).toBe('mine\n');
  });

  it('reports an error that nobody caught as an error of the cell that caused it', async () => {
    const { reply } = await kernel.execute(
      "void Promise.reject(new Error('unhandled'));\nawait new Promise((done) => setTimeout(done, 50));",
    );
    expect([reply.status, reply.ename, reply.evalue]).toEqual(['error', 'Error', 'unhandled']);
  });

  it("gives a cell the library's own engine when it imports tfjs-node", async () => {
    await kernel.execute("import { tf } from 'fovea';\nimport * as tfn from '@tensorflow/tfjs-node';");
    expect(shown(await kernel.execute('tf.engine() === tfn.engine()'))).toBe('true');
  });
});
