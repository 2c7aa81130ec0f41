import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Execution, type Kernel, startKernel } from '../../lib/kernel/client';
import { here, printed, shown, sleep } from './running';

describe('an interrupt', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
    await kernel.execute(`
      import { tf } from 'fovea';
      const weights = tf.variable(tf.ones([32, 32]));
      const optimiser = tf.train.adam(0.01);
      const step = () => optimiser.minimize(() => tf.sum(tf.square(tf.matMul(weights as never, weights as never))) as never, false, [weights]);
      step();
    `);
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });

  /** Runs the cell, waits until it says so, interrupts it, and sees that a training step still works. */
  async function interrupted(code: string): Promise<Execution> {
    let started: () => void = () => {};
    const running = new Promise<void>((done) => {
      started = done;
    });
    kernel.onPublished(({ content }) => {
      if (String(content.text).includes('running')) started();
    });
    const execution = kernel.execute(`console.log('running');\n${code}`);
    await running;
    await sleep(150);
    await kernel.interrupt();
    const result = await execution;
    const next = await kernel.execute('step(); tf.engine().state.scopeStack.length + tf.engine().state.gradientDepth');
    expect(shown(next)).toBe('0');
    return result;
  }

  it.each([
    ['a synchronous loop', 'for (;;);'],
    ['a synchronous training loop that catches everything', 'for (;;) { try { step(); } catch {} }'],
    ['an await loop that never looks at a signal', 'for (;;) await new Promise((done) => setTimeout(done, 20));'],
    ['an await loop without timers', "import { readFile } from 'node:fs/promises';\nfor (;;) await readFile('/etc/hostname');"],
    ['a loop that awaits nothing', 'for (;;) await null;'],
    ['a training loop after an await', 'await new Promise((done) => setTimeout(done, 20));\nfor (;;) step();'],
    ['a training loop after an await that catches everything', 'await null;\nfor (;;) { try { step(); } catch {} }'],
  ])('ends %s, and the next cell works', async (_, code) => {
    const { reply } = await interrupted(code);
    expect([reply.status, reply.ename]).toEqual(['error', 'KeyboardInterrupt']);
  });

  it("drops what the ended cell's timers and awaits would still have printed", async () => {
    const cell =
      "setInterval(() => console.log('tick'), 30);\nfor (;;) { await new Promise((done) => setTimeout(done, 30)); console.log('tock'); }";
    await interrupted(cell);
    const heard: unknown[] = [];
    kernel.onPublished(({ content }) => heard.push(content.text));
    await kernel.execute('await new Promise((done) => setTimeout(done, 200));');
    expect(heard.filter((text) => /tick|tock/.test(String(text)))).toEqual([]);
  });

  it('lets a cell that watches its signal end by itself and keep what it has', async () => {
    const cell = `const signal = Reflect.get(globalThis, Symbol.for('fovea.signal')) as AbortSignal;
let steps = 0;
while (!signal.aborted) { steps++; await new Promise((done) => setTimeout(done, 50)); }
console.log('stopped by itself');`;
    const { reply, published } = await interrupted(cell);
    expect(reply.status).toBe('ok');
    expect(printed({ published })).toBe('running\nstopped by itself\n');
    expect(shown(await kernel.execute('steps > 0'))).toBe('true');
  });

  it('ends a cell that watches its signal and heeds it not', async () => {
    const { reply } = await interrupted(
      "Reflect.get(globalThis, Symbol.for('fovea.signal'));\nfor (;;) await new Promise((done) => setTimeout(done, 20));",
    );
    expect(reply.ename).toBe('KeyboardInterrupt');
  });

  it('aborts the cells that wait behind the interrupted one', async () => {
    const first = kernel.execute('await new Promise(() => {});');
    const second = kernel.execute('1');
    await sleep(300);
    await kernel.interrupt();
    expect([(await first).reply.ename, (await second).reply.status]).toEqual(['KeyboardInterrupt', 'aborted']);
  });

  it('does nothing where no cell runs', async () => {
    await kernel.interrupt();
    expect(shown(await kernel.execute('1 + 1'))).toBe('2');
  });
});
