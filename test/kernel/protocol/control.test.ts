import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Execution, type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, printed, shown, sleep } from '../running';

describe('an interrupt', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
    await kernel.execute(`
      import { compile, tf } from 'fovea';
      const weights = tf.variable(tf.ones([32, 32]));
      const optimiser = tf.train.adam(0.01);
      const step = () => optimiser.minimize(() => tf.sum(tf.square(tf.matMul(weights as never, weights as never))) as never, false, [weights]);
      step();
    `);
    await kernel.execute(`
      const filter = tf.variable(tf.randomNormal([3, 3, 3, 8]));
      const images = tf.randomNormal([8, 24, 24, 3]);
      const descent = tf.train.adam(0.01);
      const convolve = () => descent.minimize(() => tf.mean(tf.square(tf.conv2d(images as never, filter as never, 1, 'same'))) as never, false, [filter]);
      const held = () => [tf.memory().numTensors, Reflect.get(tf.engine(), 'backend').numDataIds()].join(' ');
      convolve();
    `);
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });

  /** Runs the cell, waits until it says so, interrupts it, and sees that a training step still works. */
  let took = 0;
  async function interrupted(code: string, afterMs: number = 150): Promise<Execution> {
    let started: () => void = () => {};
    const running = new Promise<void>((done) => {
      started = done;
    });
    kernel.onPublished(({ content }) => {
      if (String(content.text).includes('running')) started();
    });
    const execution = kernel.execute(`console.log('running');\n${code}`);
    await running;
    await sleep(afterMs);
    const began = Date.now();
    await kernel.interrupt();
    const result = await execution;
    took = Date.now() - began;
    const next = await kernel.execute('step(); tf.engine().state.scopeStack.length + tf.engine().state.gradientDepth');
    expect(shown(next)).toBe('0');
    return result;
  }

  it.each([
    ['a synchronous loop', 'for (;;);'],
    ['a loop in a finally', 'try { for (;;); } finally { for (;;); }'],
    ['a recursion', 'const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));\nfib(60);'],
    ['a regular expression that backtracks', "/^(a+)+$/.test('a'.repeat(40) + 'b');"],
    ['a wait for a number in memory', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
    ['a synchronous training loop that catches everything', 'for (;;) { try { step(); } catch {} }'],
    ['a synchronous loop of convolution steps', 'for (;;) convolve();'],
    ['an await loop that never looks at a signal', 'for (;;) await new Promise((done) => setTimeout(done, 20));'],
    ['an await loop without timers', "import { readFile } from 'node:fs/promises';\nfor (;;) await readFile('/etc/hostname');"],
    ['a loop that awaits nothing', 'for (;;) await null;'],
    ['an await of what never comes', 'await Promise.race([new Promise(() => {}), new Promise(() => {})]);'],
    [
      'an async generator',
      'async function* endless() { for (let i = 0; ; i++) try { yield i; } finally {} }\nfor await (const _ of endless());',
    ],
    ['an async function that awaits nothing', 'const again = async (): Promise<void> => { for (;;) await null; };\nawait again();'],
    ['promises that go round', 'const round = (): Promise<void> => Promise.resolve().then(round);\nawait round();'],
    ['ticks that go round', 'process.nextTick(function next() { process.nextTick(next); });\nawait new Promise(() => {});'],
    ['a training loop after an await', 'await new Promise((done) => setTimeout(done, 20));\nfor (;;) step();'],
    ['a training loop after an await that catches everything', 'await null;\nfor (;;) { try { step(); } catch {} }'],
    ['convolution steps with pauses between', 'for (;;) { convolve(); await tf.nextFrame(); }'],
    ['a recording that never ends', 'compile((x) => { for (;;) x = tf.square(x as never); })(weights as never);'],
    [
      'compiled steps one after another',
      'const gram = compile((x) => tf.matMul(x as never, x as never));\nfor (;;) gram(tf.ones([300, 300]) as never).dispose();',
    ],
    ['a busy timer', 'setInterval(() => { for (const end = Date.now() + 9000; Date.now() < end; ); }, 1);\nawait new Promise(() => {});'],
    ['a timer that never ends', 'setTimeout(() => { for (;;); }, 1);\nawait new Promise(() => {});'],
    ['a program it waits for', "import { execSync } from 'node:child_process';\nexecSync('sleep 60');"],
    ['programs one after another, caught', "await null;\nfor (;;) { try { execSync('sleep 60; sleep 60'); } catch {} }"],
    ['a flood of lines', "for (;;) console.log('x'.repeat(1000));"],
    ['a flood of lines after an await', "await null;\nfor (;;) console.log('x'.repeat(1000));"],
  ])('ends %s within 10 seconds, and the next cell works', async (_, code) => {
    const { reply } = await interrupted(code);
    expect([reply.status, reply.ename]).toEqual(['error', 'KeyboardInterrupt']);
    expect(took).toBeLessThan(10_000);
  });

  it('leaves a program running that the cell does not wait for', async () => {
    await kernel.execute("import { spawn } from 'node:child_process';\nconst server = spawn('sleep', ['60']);");
    await interrupted("execSync('sleep 60');");
    expect(shown(await kernel.execute('server.exitCode ?? server.signalCode'))).toBe('null');
    await kernel.execute('server.kill();');
  });

  it('leaves no tensors but those of the interrupted step, and variables as they were', async () => {
    const count = async (): Promise<number[]> =>
      String(shown(await kernel.execute('held()')))
        .slice(1, -1)
        .split(' ')
        .map(Number);
    const [tensors, buffers] = await count();
    const ends = ['for (;;) convolve();', 'await null;\nfor (;;) convolve();', 'for (;;) { convolve(); await tf.nextFrame(); }'];
    for (let round = 0; round < 9; round++) await interrupted(ends[round % 3]!, 100 + 37 * round);
    const [tensorsAfter, buffersAfter] = await count();
    // a convolution step makes some 40; of the one that is interrupted a few may be in nobody's hands
    expect(tensorsAfter! - tensors!).toBeLessThan(9 * 4);
    expect(buffersAfter! - buffers!).toBeLessThan(9 * 6);
    expect(shown(await kernel.execute('Number.isFinite(tf.sum(filter as never).dataSync()[0])'))).toBe('true');
  });

  it("lets the library's own training end by its signal, with what it has learned", async () => {
    const { reply } = await kernel.execute(TRAINING);
    expect(reply.status).toBe('ok');
    const result = await interrupted(
      "const trained = await train({ ...settings, signal: Reflect.get(globalThis, Symbol.for('fovea.signal')) as AbortSignal });",
    );
    expect(result.reply.status).toBe('ok');
    expect(shown(await kernel.execute('trained.ended'))).toBe("'interrupted'");
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

/** Settings of a training that would take hours. */
const TRAINING = `import { initRandom, models, train } from 'fovea';
const model = models.residualNetwork({
  channels: 1,
  classes: 2,
  widths: [4, 6],
  attention: { kind: 'squeezeExcite', reduction: 2 },
  pooling: { kind: 'meanPooling' },
});
const plain = { size: 8, count: 8, height: 8, width: 8, channels: 1 };
const batch = { ...plain, images: new Float32Array(8 * 64).fill(0.5), labels: new Int32Array(8).fill(1), weights: new Float32Array(8).fill(1) };
const settings = {
  model,
  params: model.init(initRandom(0)),
  seed: 0,
  epochs: 1000,
  stepsPerEpoch: 1000,
  batches: () => Array(1000).fill(batch),
  validation: () => [batch],
};`;
