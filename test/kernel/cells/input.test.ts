import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../../lib/kernel/protocol/message';
import { type RawKernel, rawKernel } from '../rawKernel';
import { sleep } from '../running';

describe('input', () => {
  let kernel: RawKernel;
  beforeAll(async () => {
    kernel = await rawKernel();
    await finished(await start("import { input } from 'fovea';"));
  }, 60_000);
  afterAll(async () => {
    await kernel.kill();
  });
  const start = (code: string, allow_stdin = true): Promise<string> => kernel.send('shell', 'execute_request', { code, allow_stdin });
  const finished = async (id: string): Promise<Message['content']> => (await kernel.heard('shell', 'execute_reply', id)).content;
  const value = async (id: string): Promise<unknown> =>
    ((await kernel.heard('iopub', 'execute_result', id)).content.data as Record<string, unknown>)['text/plain'];

  it('asks the client that sent the cell, and resolves with what is answered', async () => {
    const id = await start("const count = Number(await input('How many? ')) + 1; count");
    const asked = await kernel.heard('stdin', 'input_request', id);
    expect(asked.content).toEqual({ prompt: 'How many? ', password: false });
    await kernel.send('stdin', 'input_reply', { status: 'ok', value: '41' }, asked);
    expect((await finished(id)).status).toBe('ok');
    expect(await value(id)).toBe('42');
  });

  it('hides what is typed where asked to, and takes an answer that names no question', async () => {
    const id = await start("(await input('Token? ', { hidden: true })).length");
    expect((await kernel.heard('stdin', 'input_request', id)).content).toEqual({ prompt: 'Token? ', password: true });
    await kernel.send('stdin', 'input_reply', { value: '👁b' }); // as jupyter_client does
    await finished(id);
    expect(await value(id)).toBe('3');
  });

  it('shows what was printed before it asks', async () => {
    const id = await start("console.log('one'); console.log('two'); await input();");
    const asked = await kernel.heard('stdin', 'input_request', id);
    const printed = kernel.received('iopub').filter(({ header, parent }) => header.msg_type === 'stream' && parent.msg_id === id);
    await kernel.send('stdin', 'input_reply', { value: '' }, asked);
    await finished(id);
    expect(printed.map(({ content }) => content.text).join('')).toBe('one\ntwo\n');
  });

  it('lets a cell that watches its signal end by itself when interrupted', async () => {
    const id = await start(
      "import { cellSignal } from 'fovea';\ncellSignal();\nlet said = '';\ntry { await input(); } catch { said = 'enough'; }\nsaid",
    );
    await kernel.heard('stdin', 'input_request', id);
    await kernel.ask('control', 'interrupt');
    expect((await finished(id)).status).toBe('ok');
    expect(await value(id)).toBe("'enough'");
  });

  it('stops waiting when interrupted, and takes no late answer for the next question', async () => {
    const first = await start("await input('first? ');");
    const late = await kernel.heard('stdin', 'input_request', first);
    await kernel.ask('control', 'interrupt');
    expect((await finished(first)).ename).toBe('KeyboardInterrupt');
    const second = await start("await input('second? ')");
    const asked = await kernel.heard('stdin', 'input_request', second);
    await kernel.send('stdin', 'input_reply', { value: 'of the first' }, late);
    await kernel.send('stdin', 'input_reply', { value: 'of the second' }, asked);
    await finished(second);
    expect(await value(second)).toBe("'of the second'");
  });

  it.each([
    ['nobody can answer', "await input('Name? ')", false, /^input: expected somebody to ask.*give it a parameter instead/],
    ['another question is open', "await Promise.all([input('a'), input('b')])", true, /^input: expected one question at a time/],
    ['process.stdin is read', "process.stdin.on('data', () => {});", true, /^process\.stdin: expected somebody to type.*await input/],
    ['process.stdin is gone over', 'for await (const line of process.stdin) line;', true, /^process\.stdin: expected somebody to type/],
    [
      'a line is read from process.stdin',
      "import { createInterface } from 'node:readline/promises';\nawait createInterface({ input: process.stdin }).question('?');",
      true,
      /^process\.stdin: expected somebody to type/,
    ],
  ])('says what to do where %s', async (_, code, allowed, expected) => {
    const { status, evalue } = await finished(await start(code, allowed));
    expect(status).toBe('error');
    expect(evalue).toMatch(expected);
  });

  it('leaves an empty standard input to what reads the descriptor, here and in a process', async () => {
    const code = `import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
[readFileSync(0).length, spawnSync('cat', { stdio: ['inherit', 'pipe', 'pipe'], timeout: 5000 }).status]`;
    const id = await start(code);
    await finished(id);
    expect(await value(id)).toBe('[ 0, 0 ]');
  });

  it('says so when its cell has ended', async () => {
    const id = await start("setTimeout(() => void input('late? '), 50);");
    await finished(id);
    await sleep(50);
    expect((await kernel.heard('iopub', 'error', id)).content.evalue).toMatch(/this one has ended/);
  });
});
