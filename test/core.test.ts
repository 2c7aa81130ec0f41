/**
 * The browser's half: lib/core.ts in one file, run where there is no require, no process and no file, trains a network.
 * A browser registers gradients and a backend itself, so the entry below does.
 */
import { resolve } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '..');

// bright left halves are class 0, bright right halves class 1: a few steps are enough
const entry = `
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initRandom, residualNetwork, train } from './lib/core';

async function learn() {
  await tf.setBackend('cpu');
  const size = 8;
  const labels = Int32Array.from({ length: size }, (_, image) => image % 2);
  const images = Float32Array.from({ length: size * 36 }, (_, i) => (Number(i % 6 >= 3) === labels[Math.floor(i / 36)] ? 1 : -1));
  const batch = { size, count: size, height: 6, width: 6, channels: 1, images, labels, weights: new Float32Array(size).fill(1) };
  const model = residualNetwork({ channels: 1, classes: 2, widths: [4], attention: { kind: 'squeezeExcite' }, pooling: { kind: 'attentionPooling' } });
  const params = model.init(initRandom(0));
  const { history } = await train({
    model, params, seed: 0, epochs: 8, stepsPerEpoch: 3, rate: 0.02,
    batches: () => [batch, batch, batch], validation: () => [batch],
  });
  return { backend: tf.getBackend(), losses: history.map(({ loss }) => loss), accuracy: history.at(-1).accuracy };
}
globalThis.learned = learn();
`;

type Page = Record<string, unknown> & { window?: unknown; learned?: Promise<{ backend: string; losses: number[]; accuracy: number }> };

describe('core.ts in a browser', () => {
  it('is bundled with nothing of Node inside and learns left from right', async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: entry, resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'browser', // a module of Node anywhere inside is an error of the build
      format: 'iife',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    expect(Object.keys(metafile.inputs).filter((path) => /^lib\/(native|data|display|experiment|kernel|cli)\//.test(path))).toEqual([]);

    const page: Page = {
      ...{ console, performance, setTimeout, clearTimeout, TextEncoder, TextDecoder },
      requestAnimationFrame: setImmediate,
      document: {}, // by which tfjs knows a browser
    };
    page.window = page;
    vm.runInNewContext(outputFiles[0]!.text, page);
    const { backend, losses, accuracy } = await page.learned!;

    expect(backend).toBe('cpu');
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(accuracy).toBe(1);
  });
});
