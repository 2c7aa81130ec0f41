/** The kernels in processes of their own: one and two threads, which split the rows elsewhere and so round elsewhere. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backend } from '../../lib/native/backend';

const root = resolve(__dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache'); // where the program below finds its packages
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'threads-'));
const program = join(folder, 'kernels.cjs');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const contents = `
    import * as tf from '@tensorflow/tfjs-core';
    import { ready } from './lib/native/backend';
    import { batchNormalise, convolve, gelu, layerNormalise } from './lib/tensor/ops';
    import { wavy } from './test/tensor/gradients';
    void (async () => {
      await ready();
      const network = (x, filter, scale, shift) => {
        const inside = batchNormalise(convolve(x, filter, { padding: 'same' }), scale, shift, 1e-5, { residual: x, relu: true }).y;
        return tf.sum(tf.mul(gelu(layerNormalise(inside, scale, shift, 1e-5)), wavy(x.shape, 5)));
      };
      const sizes = [[17, 33, 31, 32], [3, 3, 32, 32], [32], [32]];
      const { value, grads } = tf.valueAndGrads(network)(sizes.map((size, phase) => wavy(size, phase)));
      console.log(JSON.stringify([value, ...grads].map((tensor) => Array.from(tensor.dataSync().filter((_, i) => i % 101 === 0)))));
    })();`;
  buildSync({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    packages: 'external',
    outfile: program,
  });
});

function resultsWith(threads: number): string {
  const env = { ...process.env, FOVEA_THREADS: `${threads}` };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { env, encoding: 'utf8' });
  expect(status, stderr.slice(-500)).toBe(0);
  return stdout;
}

it('the kernels give the same bits with the same threads, and the same numbers to 1e-5 with one thread and with two', ({ skip }) => {
  if (backend().name !== 'native') skip('the backend is wasm here');
  const [one, two, again] = [resultsWith(1), resultsWith(2), resultsWith(2)];
  expect(again).toBe(two);
  const other = JSON.parse(two) as number[][];
  (JSON.parse(one) as number[][]).forEach((values, index) => {
    const largest = Math.max(...values.map(Math.abs));
    const worst = Math.max(...values.map((value, i) => Math.abs(value - other[index]![i]!)));
    expect(largest).toBeGreaterThan(0);
    expect(worst / largest).toBeLessThan(1e-5);
  });
});
