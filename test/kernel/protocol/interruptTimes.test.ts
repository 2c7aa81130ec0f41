import { expect, it } from 'vitest';
import { startKernel } from '../../../lib/kernel/protocol/client';
import { here, shown, sleep } from '../running';

it('an interrupt at whatever moment of quick cells ends at most the cell it hits, and never the kernel', async () => {
  const kernel = await startKernel({ cwd: here });
  await kernel.execute('1');
  let over = false;
  const statuses: unknown[] = [];
  const cells = (async () => {
    while (!over) statuses.push((await kernel.execute('Math.sqrt(2)')).reply.status);
  })();
  for (let interrupts = 0; interrupts < 100; interrupts++) {
    await kernel.interrupt();
    await sleep((interrupts * 7) % 40); // the steps of 7 fall anywhere between two cells
  }
  over = true;
  await cells;
  expect(statuses.filter((status) => status === 'error').length).toBeLessThanOrEqual(100);
  expect(statuses).toContain('ok');
  expect(shown(await kernel.execute('6 * 7'))).toBe('42');
  expect(await kernel.shutdown()).toMatchObject({ code: 0, signal: null });
});
