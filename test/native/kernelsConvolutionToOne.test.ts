import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { convolve } from '../../lib/tensor/ops';
import { numbers, wavy } from '../tensor/gradients';
import { inTier, tiers } from './tiers';

type Case = [b: number, h: number, w: number, planes: number, kernel: number];
type Results = { [name: string]: readonly number[] };

/** A convolution that keeps the image, to one plane, and its gradients, term by term in float64. */
function oracle([b, h, w, planes, kernel]: Case, x: readonly number[], filter: readonly number[], dy: readonly number[]): Results {
  const margin = (kernel - 1) / 2;
  const [y, dx, dfilter] = [b * h * w, b * h * w * planes, filter.length].map((size) => new Array<number>(size).fill(0));
  for (let image = 0; image < b; image++) {
    for (let out = 0; out < h * w; out++) {
      for (let tap = 0; tap < kernel * kernel; tap++) {
        const row = Math.floor(out / w) + Math.floor(tap / kernel) - margin;
        const column = (out % w) + (tap % kernel) - margin;
        if (row < 0 || row >= h || column < 0 || column >= w) continue;
        for (let p = 0; p < planes; p++) {
          const at = ((image * h + row) * w + column) * planes + p;
          const slope = dy[image * h * w + out]!;
          y![image * h * w + out]! += x[at]! * filter[tap * planes + p]!;
          dx![at]! += slope * filter[tap * planes + p]!;
          dfilter![tap * planes + p]! += slope * x[at]!;
        }
      }
    }
  }
  return { y: y!, dx: dx!, dfilter: dfilter! };
}

describe.each(tiers)('a convolution of a few planes to one as $tier', ({ tier }) => {
  const cases: Case[] = [
    [2, 8, 8, 2, 7],
    [3, 5, 7, 2, 7],
    [1, 1, 1, 1, 7],
    [2, 9, 33, 3, 3],
    [1, 4, 17, 4, 5],
    [2, 3, 16, 1, 1],
  ];
  it.each(cases)('of %i images %i x %i with %i planes by a filter of %i equals its sums in float64', (...sizes) => {
    const [b, h, w, planes, kernel] = sizes;
    const x = wavy<tf.Rank.R4>([b, h, w, planes]);
    const filter = wavy<tf.Rank.R4>([kernel, kernel, planes, 1], 0.3);
    const dy = wavy<tf.Rank.R4>([b, h, w, 1], 0.6);
    const found = inTier(tier, (): Results => {
      const run = (x: tf.Tensor, filter: tf.Tensor) => convolve(x as tf.Tensor4D, filter as tf.Tensor4D, { padding: 'same' });
      const { value, grads } = tf.valueAndGrads(run)([x, filter], dy);
      return { y: numbers(value), dx: numbers(grads[0]!), dfilter: numbers(grads[1]!) };
    });
    for (const [name, wanted] of Object.entries(oracle(sizes, numbers(x), numbers(filter), numbers(dy)))) {
      const size = Math.max(1, ...wanted.map(Math.abs));
      const worst = Math.max(...wanted.map((value, i) => Math.abs(value - found[name]![i]!)));
      expect(found[name]!.length).toBe(wanted.length);
      expect(worst / size, name).toBeLessThan(1e-5);
    }
  });
});
