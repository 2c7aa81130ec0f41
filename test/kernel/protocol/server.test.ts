import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encode, newMessage } from '../../../lib/kernel/protocol/message';
import { type RawKernel, rawKernel } from '../rawKernel';
import { sleep } from '../running';

describe("a kernel's sockets", () => {
  let kernel: RawKernel;
  beforeAll(async () => {
    kernel = await rawKernel();
  }, 60_000);
  afterAll(async () => {
    await kernel.kill();
  });
  const types = (messages: readonly { header: { msg_type: string } }[]): string[] => messages.map(({ header }) => header.msg_type);

  it('welcome each listener by its topic, also a second one of the same', async () => {
    const [again, topic] = [kernel.listen(''), kernel.listen('display')];
    await expect.poll(() => again.map(({ content }) => content)).toContainEqual({ subscription: '' });
    await expect.poll(() => topic.map(({ content }) => content)).toEqual([{ subscription: 'display' }]);
    expect(topic[0]).toMatchObject({ parent: {}, header: { msg_type: 'iopub_welcome', version: '5.4' } });
  });

  it('answer a request that nobody knows with an error, on the socket it came by', async () => {
    for (const channel of ['shell', 'control'] as const) {
      const { content } = await kernel.ask(channel, 'dream');
      expect(content).toMatchObject({ status: 'error', evalue: 'dream_request: expected a request that this kernel knows' });
    }
  });

  it('close a comm that is opened, and pass over messages of comms that are not there', async () => {
    const id = await kernel.send('shell', 'comm_open', { comm_id: 'c1', target_name: 'jupyter.widget', data: {} });
    expect((await kernel.heard('iopub', 'comm_close', id)).content).toEqual({ comm_id: 'c1', data: {} });
    const ids = [
      await kernel.send('shell', 'comm_msg', { comm_id: 'c2', data: {} }),
      await kernel.send('shell', 'comm_close', { comm_id: 'c2', data: {} }),
      await kernel.send('shell', 'something_else', {}),
    ];
    await kernel.ask('shell', 'kernel_info');
    const caused = kernel.received('iopub').filter(({ parent }) => ids.includes(parent.msg_id ?? ''));
    expect(caused.map(({ content }) => content.execution_state)).toEqual(['busy', 'idle', 'busy', 'idle', 'busy', 'idle']);
    expect((await kernel.ask('shell', 'comm_info', { target_name: 'jupyter.widget' })).content).toEqual({ status: 'ok', comms: {} });
  });

  it('say busy, the reply and idle for each request, of the request that caused them', async () => {
    const { parent } = await kernel.ask('shell', 'is_complete', { code: '1' });
    await sleep(50);
    const said = kernel.received('iopub').filter((message) => message.parent.msg_id === parent.msg_id);
    expect(said.map(({ content }) => content.execution_state)).toEqual(['busy', 'idle']);
  });

  it('interrupt a cell also when asked by the shell socket', async () => {
    const id = await kernel.send('shell', 'execute_request', { code: 'await new Promise(() => {});' });
    await kernel.heard('iopub', 'execute_input', id);
    await sleep(300);
    expect((await kernel.ask('shell', 'interrupt')).content).toEqual({ status: 'ok' });
    expect((await kernel.heard('shell', 'execute_reply', id)).content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
  });

  it('interrupt once when asked by the control socket, with one reply', async () => {
    const { parent } = await kernel.ask('control', 'interrupt');
    await kernel.ask('control', 'kernel_info');
    expect(types(kernel.received('control').filter((message) => message.parent.msg_id === parent.msg_id))).toEqual(['interrupt_reply']);
  });
});

describe("a kernel's sockets, where what comes is not right", () => {
  it('go on after wrong signatures and broken frames, answer none of them and log one', async () => {
    const kernel = await rawKernel();
    const request = newMessage('kernel_info_request', {}, 'someone');
    for (const channel of ['shell', 'control', 'stdin'] as const) {
      await kernel.sendFrames(channel, encode(request, 'another key'));
      await kernel.sendFrames(channel, ['']);
      await kernel.sendFrames(channel, ['no', 'delimiter', 'anywhere']);
      await kernel.sendFrames(channel, ['<IDS|MSG>', 'abc']);
      for (const header of [null, 7, [], {}, { msg_type: 'execute_request' }]) {
        const strange = { ...request, header } as unknown as typeof request;
        await kernel.sendFrames(channel, encode(strange, kernel.key));
      }
    }
    expect((await kernel.ask('shell', 'kernel_info')).content.status).toBe('ok');
    expect((await kernel.ask('control', 'kernel_info')).content.status).toBe('ok');
    const id = await kernel.send('shell', 'execute_request', { code: '1 + 1' });
    expect((await kernel.heard('shell', 'execute_reply', id)).content.status).toBe('ok');
    expect(kernel.received('shell').filter(({ parent }) => parent.msg_id === request.header.msg_id)).toEqual([]);
    const { log } = await kernel.kill();
    expect(log.match(/message: /g)).toHaveLength(1);
    expect(log).toContain('message: wrong signature; no other message that is refused is logged');
  });

  it('answer a request without its fields or with odd ones, and one to end by the shell socket', async () => {
    const kernel = await rawKernel();
    for (const type of ['complete', 'inspect', 'is_complete', 'history', 'comm_info', 'execute']) {
      expect(['ok', 'complete']).toContain((await kernel.ask('shell', type)).content.status);
      for (const odd of [null, 5, -1, 1e9, [], {}, '\ud800']) {
        const fields = ['code', 'cursor_pos', 'detail_level', 'n', 'pattern', 'start', 'target_name', 'user_expressions', 'silent'];
        const content = Object.fromEntries(fields.map((field) => [field, odd]));
        expect(await kernel.ask('shell', type, { ...content, hist_access_type: 'search' }), `${type} with ${odd}`).toBeDefined();
      }
    }
    expect((await kernel.ask('shell', 'shutdown')).content).toEqual({ status: 'ok', restart: false });
    expect(await kernel.exited).toMatchObject({ code: 0 });
    await kernel.kill();
  });
});
