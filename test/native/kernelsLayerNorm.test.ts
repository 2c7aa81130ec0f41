import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { layerNormalise } from '../../lib/tensor/ops';
import { numbers, wavy } from '../tensor/gradients';
import { inTier, tiers } from './tiers';

const EPSILON = 1e-3;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** y and the gradients by x, scale and shift, in float64. */
function oracle(x: number[], scale: number[], shift: number[], dy: number[]): number[][] {
  const width = scale.length;
  const rows = x.length / width;
  const [y, dx] = [new Array<number>(x.length), new Array<number>(x.length)];
  const [dscale, dshift] = [new Array<number>(width).fill(0), new Array<number>(width).fill(0)];
  for (let row = 0; row < rows; row++) {
    const values = x.slice(row * width, (row + 1) * width);
    const mean = sum(values) / width;
    const factor = 1 / Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / width + EPSILON);
    const normal = values.map((value) => (value - mean) * factor);
    const slope = scale.map((value, i) => value * dy[row * width + i]!);
    const along = sum(slope.map((value, i) => value * normal[i]!)) / width;
    for (let i = 0; i < width; i++) {
      y[row * width + i] = normal[i]! * scale[i]! + shift[i]!;
      dx[row * width + i] = factor * (slope[i]! - sum(slope) / width - normal[i]! * along);
      dscale[i]! += dy[row * width + i]! * normal[i]!;
      dshift[i]! += dy[row * width + i]!;
    }
  }
  return [y, dx, dscale, dshift];
}

describe.each(tiers)('layer norm as $tier', ({ tier }) => {
  it.each([
    [3, 1, 1],
    [2, 5, 3],
    [3, 2, 17],
    [300, 3, 5],
    [7, 9, 48],
    [5, 4, 100],
    [2, 3, 1000],
  ] as const)(
    // biome-ignore format: rows
    'of %i x %i x %i and its gradients are the formulas in float64',
    (...shape) => {
      const width = shape[2];
      const [x, scale, shift, dy] = [wavy(shape as never), wavy([width], 1), wavy([width], 2), wavy(shape as never, 3)];
      const norm = (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) =>
        layerNormalise(x, scale as tf.Tensor1D, shift as tf.Tensor1D, EPSILON);
      const { value, grads } = inTier(tier, () => tf.valueAndGrads(norm)([x, scale, shift] as tf.Tensor[], dy as tf.Tensor));
      const wanted = oracle(numbers(x as tf.Tensor), numbers(scale), numbers(shift), numbers(dy as tf.Tensor));
      [value, ...grads].map(numbers).forEach((found, index) => {
        const size = Math.max(1, ...wanted[index]!.map(Math.abs));
        const worst = Math.max(...found.map((value, i) => Math.abs(value - wanted[index]![i]!)));
        expect(worst / size, ['y', 'dx', 'dscale', 'dshift'][index]).toBeLessThan(2e-5);
      });
    },
  );

  it('keeps NaN to its row', () => {
    const y = inTier(tier, () => layerNormalise(tf.tensor2d([[1, 3], [Number.NaN, 2]]), tf.ones([2]), tf.zeros([2]), 0)); // biome-ignore format: rows
    expect(numbers(y).map(Number.isNaN)).toEqual([false, false, true, true]);
  });
});
