import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, ofType, printed, shown } from '../running';

describe('the last expression of a cell', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
    await kernel.execute("import { numberGrid, tf } from 'fovea';");
  });
  afterAll(async () => {
    await kernel.shutdown();
  });

  async function resultOf(code: string): Promise<Record<string, unknown> | undefined> {
    const { published } = await kernel.execute(code);
    return ofType(published, 'execute_result')[0]?.data as Record<string, unknown> | undefined;
  }

  const own = (body: string): string => `({ [Symbol.for('Jupyter.display')]: ${body} })`;

  it('is shown also with a semicolon, and not at all where it is undefined', async () => {
    expect(await resultOf('1 + 1;')).toEqual({ 'text/plain': '2' });
    expect(await resultOf('undefined')).toBeUndefined();
    expect(await resultOf("console.log('printed')")).toBeUndefined();
    expect(await resultOf('[1].forEach(() => {});')).toBeUndefined();
  });

  it('that is a figure is drawn as the figure', async () => {
    const data = await resultOf("numberGrid({ grids: [{ title: 'twos', values: [[1, 2]] }] })");
    expect(Object.keys(data!).sort()).toEqual(['application/vnd.vegalite.v5+json', 'image/png', 'text/plain']);
  });

  it('that is a tensor is shown and leaves none behind but itself', async () => {
    const count = async (): Promise<number> => Number(shown(await kernel.execute('tf.memory().numTensors')));
    const before = await count();
    const data = await resultOf('tf.tidy(() => tf.add(tf.ones([2, 2]), tf.tensor2d([[0, 1], [2, 3]])))');
    expect(data?.['text/plain']).toBe('float32 [2, 2]: 1 to 4, mean 2.5\npicture: [:, :]\nscale: dark 1, light 4\n[[1, 2],\n [3, 4]]');
    expect(Object.keys(data!)).toEqual(['text/plain', 'text/html', 'image/png']);
    expect(await count()).toBe(before + 1);
  });

  it('prints what its own method prints, and fails with what that throws', async () => {
    const execution = await kernel.execute(own("async () => { console.log('on the way'); return { 'text/plain': 'there' }; }"));
    expect([printed(execution), shown(execution)]).toEqual(['on the way\n', 'there']);
    const { reply } = await kernel.execute(own("() => ({ 'text/plain': 3 })"));
    expect([reply.ename, reply.evalue]).toEqual(['TypeError', 'Jupyter.display: expected text for text/plain, got number']);
  });

  it.each([
    ['never ends', '() => { for (;;); }'],
    ['never answers', '() => new Promise(() => {})'],
  ])('can be interrupted where its own method %s', async (_what, body) => {
    const running = kernel.execute(own(`() => { console.log('begun'); return (${body})(); }`));
    const begun = new Promise<void>((done) => {
      kernel.onPublished(({ content }) => content.text === 'begun\n' && done());
    });
    await begun;
    await kernel.interrupt();
    expect((await running).reply.ename).toBe('KeyboardInterrupt');
    expect(await resultOf('1 + 1')).toEqual({ 'text/plain': '2' });
  });
});
