/** What attention promises beyond its numbers: recorded as run, and the same whatever the number of threads. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { compile } from '../../lib/native/compile';
import { packedAttention, scaledDotProductAttention } from '../../lib/tensor/ops';
import { fromWindows, intoWindows, shiftedWindowMask } from '../../lib/tensor/ops/windows';
import { numbers, wavy } from '../tensor/gradients';
import { inTier } from './tiers';

const native = process.env['FOVEA_BACKEND'] !== 'wasm';
const root = resolve(__dirname, '..', '..');

describe.runIf(native)('attention in a compiled function', () => {
  /** Output and gradients of attention in shifted windows, of one projection with a bias, and causal. */
  const all = (x: tf.Tensor4D, bias: tf.Tensor): tf.Tensor[] => {
    const [h, w, window, shift] = [4, 6, 2, 1];
    const local = (x: tf.Tensor): tf.Tensor => {
      const tokens = tf.expandDims(intoWindows(x as tf.Tensor4D, { window, shift }), 1) as tf.Tensor4D;
      const mask = shiftedWindowMask({ h, w, window, shift });
      const out = scaledDotProductAttention({ query: tokens, key: tokens, value: tokens, mask });
      return fromWindows(tf.squeeze(out, [1]), { h, w, window, shift });
    };
    const packed = (x: tf.Tensor, bias: tf.Tensor): tf.Tensor => packedAttention(tf.reshape(x, [2, 8, 3, 3, 2]), { bias });
    const causal = (x: tf.Tensor): tf.Tensor => {
      const tokens = tf.reshape(x, [2, 2, 12, 6]) as tf.Tensor4D;
      return scaledDotProductAttention({ query: tokens, key: tokens, value: tokens, causal: true });
    };
    const results = [tf.valueAndGrads(local)([x]), tf.valueAndGrads(packed)([x, bias]), tf.valueAndGrads(causal)([x])];
    return results.flatMap(({ value, grads }) => [value, ...grads]);
  };

  it('agrees with the same function called', () => {
    const [x, bias] = [wavy<tf.Rank.R4>([2, 4, 6, 6]), wavy<tf.Rank.R3>([3, 8, 8], 1)];
    for (const tier of ['kernel', 'plain'] as const) {
      inTier(tier, () => {
        const compiled = compile(all);
        const expected = all(x, bias).map(numbers);
        for (let run = 0; run < 2; run++) {
          compiled(x, bias).forEach((tensor, i) =>
            numbers(tensor).forEach((value, at) => expect(value).toBeCloseTo(expected[i]![at]!, tier === 'kernel' ? 7 : 5)),
          );
        }
        compiled.dispose();
      });
    }
  });
});

describe.runIf(native)('attention on several threads', () => {
  it('differs by rounding at most, also where the keys of a head are split between threads', () => {
    const cache = join(root, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, 'attention-'));
    try {
      const program = join(folder, 'run.cjs');
      const stdin = {
        resolveDir: __dirname,
        loader: 'ts' as const,
        contents: `
          import * as tf from '@tensorflow/tfjs-core';
          import { ready } from '../../lib/native/backend';
          import { scaledDotProductAttention } from '../../lib/tensor/ops';
          import { wavy } from '../tensor/gradients';
          void ready().then(() => {
            const [query, key, value, dy] = [[700, 1], [1300, 2], [1300, 3], [700, 4]].map(([n, phase]) => wavy([1, 3, n, 8], phase));
            const bias = wavy([700, 1300], 5);
            const run = (query, key, value, bias) => scaledDotProductAttention({ query, key, value, bias });
            const { value: output, grads } = tf.valueAndGrads(run)([query, key, value, bias], dy);
            console.log(JSON.stringify([output, ...grads].map((x) => [tf.sum(tf.square(x)), ...tf.split(tf.slice(tf.reshape(x, [-1]), 0, 40), 40)].map((one) => one.dataSync()[0]))));
          });`,
      };
      buildSync({ stdin, bundle: true, platform: 'node', outfile: program, external: ['@tensorflow/*', 'vitest'] });
      const [one, two] = [1, 2].map((threads) => {
        const env = { ...process.env, FOVEA_THREADS: `${threads}` };
        const { stdout, stderr } = spawnSync(process.execPath, [program], { env, encoding: 'utf8' });
        expect(stdout, stderr.slice(-500)).not.toBe('');
        return JSON.parse(stdout) as number[][];
      });
      one!.forEach((tensor, i) => {
        tensor.forEach((value, at) => expect(Math.abs(two![i]![at]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value))));
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
