import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { convolve } from '../../lib/tensor/ops';
import { numbers, wavy } from '../tensor/gradients';
import { inTier, tiers } from './tiers';

type Size = [b: number, h: number, w: number, from: number, to: number];

/** The convolution by 3 x 3 with a margin of 1 and its two gradients in float64. */
function oracle([b, h, w, from, to]: Size, x: readonly number[], filter: readonly number[], dy: readonly number[]): number[][] {
  const [y, dx, dfilter] = [dy, x, filter].map((like) => new Array<number>(like.length).fill(0)) as [number[], number[], number[]];
  for (let image = 0; image < b; image++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let u = 0; u < 9; u++) {
          const [row, column] = [i + Math.floor(u / 3) - 1, j + (u % 3) - 1];
          if (row < 0 || row >= h || column < 0 || column >= w) continue;
          const [input, output] = [((image * h + row) * w + column) * from, ((image * h + i) * w + j) * to];
          for (let c = 0; c < from; c++)
            for (let o = 0; o < to; o++) {
              const weight = (u * from + c) * to + o;
              y[output + o]! += x[input + c]! * filter[weight]!;
              dx[input + c]! += dy[output + o]! * filter[weight]!;
              dfilter[weight]! += dy[output + o]! * x[input + c]!;
            }
        }
  return [y, dx, dfilter];
}

const run = (x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor[] => {
  const body = (x: tf.Tensor, filter: tf.Tensor) => convolve(x as tf.Tensor4D, filter as tf.Tensor4D, { padding: 'same' });
  const { value, grads } = tf.valueAndGrads(body)([x, filter], dy);
  return [value, ...grads];
};

describe.each(tiers)('convolution as $tier', ({ tier }) => {
  // widths and heights about a tile of 4; blocks of tiles that are full, and one that is not
  const sizes: Size[] = [[16, 1, 1, 16, 16], [12, 7, 5, 16, 48], [6, 9, 8, 32, 16], [9, 4, 6, 16, 16], [40, 3, 12, 16, 32], [4, 8, 8, 5, 3]]; // biome-ignore format: rows
  it.each(sizes)('of %i x %i x %i from %i to %i channels, and its gradients, are the sums in float64', (...size) => {
    const [b, h, w, from, to] = size;
    const [x, filter, dy] = [wavy<tf.Rank.R4>([b, h, w, from]), wavy<tf.Rank.R4>([3, 3, from, to], 1), wavy<tf.Rank.R4>([b, h, w, to], 2)];
    const found = inTier(tier, () => run(x, filter, dy)).map(numbers);
    oracle(size, numbers(x), numbers(filter), numbers(dy)).forEach((wanted, index) => {
      const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[index]![i]!)), 0);
      expect(worst / largest, ['y', 'dx', 'dfilter'][index]).toBeLessThan(3e-5);
    });
  });

  it('lets NaN through, to the tile that sees it', () => {
    const x = tf.buffer<tf.Rank.R4>([16, 12, 12, 16]);
    x.set(Number.NaN, 3, 6, 6, 2);
    const y = inTier(tier, () => convolve(x.toTensor(), tf.ones([3, 3, 16, 16]), { padding: 'same' }));
    const at = (i: number, j: number): number => y.bufferSync().get(3, i, j, 0);
    expect([at(6, 6), at(0, 0), at(11, 11)].map(Number.isNaN)).toEqual([true, false, false]);
  });
});
