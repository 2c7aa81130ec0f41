import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, printed } from '../running';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel({ cwd: here });
}, 60_000);
afterAll(async () => {
  await kernel.shutdown();
});

it('a shorthand property names what an earlier cell declared', async () => {
  await kernel.execute('const width = 3;\nlet height = 1;');
  const done = await kernel.execute('const local = 5;\nconsole.log(Object.values({ width, local, ...{ height } }).join());');
  expect(printed(done)).toBe('3,5,1\n');
});

it('so does one in a pattern, with its default', async () => {
  await kernel.execute('({ height = width } = {} as { height?: number });');
  expect(printed(await kernel.execute('console.log(height);'))).toBe('3\n');
});
