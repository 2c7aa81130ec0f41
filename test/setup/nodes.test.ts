/** The versions of Node beside the one that runs the tests: each loads the backend, multiplies, and runs a cell in the kernel. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, runIn } from './scratch';

const nodes = join(__dirname, 'nodes');
const here = process.platform === 'linux' && process.arch === 'x64';

const program = `
const { ready } = require('./lib/dist/native/backend.js');
const { startKernel } = require('./lib/dist/kernel/protocol/client.js');
(async () => {
  const { name, line } = await ready();
  const { tensor2d, matMul } = require('@tensorflow/tfjs-core');
  const product = [...matMul(tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([5, 6, 7, 8], [2, 2])).dataSync()];
  const kernel = await startKernel({ cwd: process.cwd() });
  const cell = "import { tf, backend } from 'fovea'; console.log(process.versions.node, backend().name, tf.sum(tf.tensor1d([1, 2])).dataSync()[0])";
  const { reply, published } = await kernel.execute(cell);
  const printed = published.filter((m) => m.header.msg_type === 'stream').map((m) => m.content.text).join('');
  await kernel.shutdown();
  console.log('RESULT' + JSON.stringify({ name, product, status: reply.status, printed }));
})();`;

/** One step of a small network on wasm: convolutions of all channels and of each, and a pool, forward and backward. */
const trainingOnWasm = `
const { ready } = require('./lib/dist/native/backend.js');
(async () => {
  await ready();
  const tf = require('@tensorflow/tfjs-core');
  const { averagePool, convolve, convolveDepthwise, relu } = require('./lib/dist/tensor/ops.js');
  const network = (x, filter, own) => averagePool(relu(convolveDepthwise(convolve(x, filter, { padding: 1 }), own)), { kernel: 2 });
  const inputs = [tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 2]), tf.ones([1, 1, 2, 1])];
  const gradients = tf.grads((...given) => tf.sum(network(...given)))(inputs);
  console.log('RESULT' + JSON.stringify([tf.getBackend(), ...gradients.map((gradient) => tf.sum(gradient).dataSync()[0])]));
})();`;

describe.runIf(here)('another Node', () => {
  beforeAll(async () => {
    const { code, output } = await runIn(nodes, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    if (code !== 0 || !existsSync(join(nodes, 'node_modules'))) throw new Error(output);
  });

  it.each(['node22', 'node24'])('%s trains on wasm', async (name) => {
    const node = join(nodes, 'node_modules', name, 'bin', 'node');
    const { code, output } = await runIn(root, node, ['-e', trainingOnWasm], { FOVEA_BACKEND: 'wasm' });
    expect(code, output).toBe(0);
    // 100 pairs of pixels lie within 3 x 3 of each other, a quarter of each counts in a mean of four, twice for two filters
    expect(JSON.parse(/RESULT(.*)/.exec(output)?.[1] ?? '[]')).toEqual(['wasm', 50, 50, 50]);
  });

  it.each(['22.23.3', '24.21.0'])('%s loads the backend and runs a cell', async (version) => {
    const node = join(nodes, 'node_modules', `node${version.split('.')[0]}`, 'bin', 'node');
    const { code, output } = await runIn(root, node, ['-e', program]);
    expect(code, output).toBe(0);
    const result = JSON.parse(/RESULT(.*)/.exec(output)?.[1] ?? '{}') as { name?: string };
    expect(result).toEqual({ name: result.name, product: [19, 22, 43, 50], status: 'ok', printed: `${version} ${result.name} 3\n` });
  });
});
