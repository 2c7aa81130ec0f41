import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type GridSampleOptions, gridSample, resize } from '../../../lib/tensor/ops';
import { gradientError, numbers, wavy } from '../gradients';

const row = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [1, 1, values.length, 1]);
/** Read along the one row, at x from -1 to 1. */
const read = (x: tf.Tensor4D, at: number[], options?: GridSampleOptions): number[] =>
  numbers(gridSample(x, tf.tensor4d(at.flatMap((place) => [place, 0]), [1, 1, at.length, 2]), options)); // biome-ignore format: rows
const close = (found: number[], expected: number[]): void => {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
};

describe('gridSample', () => {
  it('-1 is the edge of the image, or with aligned corners the centre of its first pixel', () => {
    close(read(row(2, 4), [-1, -0.5, 0, 0.5]), [1, 2, 3, 4]); // half of the first pixel, half of the zero beyond it
    close(read(row(2, 4), [-1, 0, 1], { alignCorners: true }), [2, 3, 4]);
  });
  it('beyond the border: zeros, the border, or the mirror image', () => {
    const x = row(1, 2, 3, 4);
    const at = [-1.5, 1.25]; // pixels -1.5 and 4
    close(read(x, at), [0, 0]);
    close(read(x, at, { padding: 'border' }), [1, 4]);
    close(read(x, at, { padding: 'reflection' }), [1.5, 4]); // -1.5 mirrors at -0.5 to 0.5, 4 at 3.5 to 3
    close(read(x, [1 + 2 / 3], { padding: 'reflection', alignCorners: true }), [3]); // pixel 4 mirrors at 3 to 2
  });
  it('nearest takes one pixel', () => {
    close(read(row(1, 2, 3, 4), [-0.9, -0.3, 0.6], { mode: 'nearest' }), [1, 2, 4]);
  });
  it('is resize where the grid is even', () => {
    const x = wavy<tf.Rank.R4>([1, 1, 6, 1]);
    const centres = Array.from({ length: 4 }, (_, i) => (2 * i + 1) / 4 - 1);
    close(read(x, centres, { padding: 'border' }), numbers(resize(x, [1, 4])));
    // with rows that all are the same, as the border repeats them
    close(read(x, centres, { padding: 'border', mode: 'bicubic' }), numbers(resize(x, [1, 4], { mode: 'bicubic' })));
  });

  const modes = ['bilinear', 'bicubic'] as const;
  for (const mode of modes) {
    for (const padding of ['zeros', 'border', 'reflection'] as const) {
      for (const alignCorners of [false, true]) {
        it(`${mode}, ${padding}${alignCorners ? ', aligned corners' : ''}: gradients to image and grid`, () => {
          // places of which none is on a pixel or an edge, where the slope jumps
          const grid = tf.tensor4d([-1.31, 0.11, -0.43, 0.87, 0.29, -0.17, 0.63, -1.23, 1.21, 0.53, 0.07, -0.71], [1, 2, 3, 2]);
          const params = { x: wavy<tf.Rank.R4>([1, 4, 3, 2]), grid };
          const errors = gradientError(params, ({ x, grid }) => gridSample(x, grid, { mode, padding, alignCorners }), 4e-3);
          for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(2e-3);
        });
      }
    }
  }
  it('nearest has gradients to the image and none to the grid', () => {
    const grid = tf.tensor4d([-0.9, 0.1, 0.4, 0.8], [1, 1, 2, 2]);
    const [dx, dgrid] = tf.grads((x: tf.Tensor, grid: tf.Tensor) =>
      tf.sum(gridSample(x as tf.Tensor4D, grid as tf.Tensor4D, { mode: 'nearest' })),
    )([wavy([1, 2, 2, 1]), grid]);
    expect(numbers(dx!)).toEqual([0, 0, 1, 1]);
    expect(numbers(dgrid!)).toEqual([0, 0, 0, 0]);
  });
  it('refuses names it does not know', () => {
    expect(() => gridSample(row(1), tf.zeros([1, 1, 1, 2]), { mode: 'cubic' as 'bicubic' })).toThrow(
      'gridSample: expected mode nearest, bilinear or bicubic, got cubic',
    );
    expect(() => gridSample(row(1), tf.zeros([1, 1, 1, 2]), { padding: 'wrap' as 'zeros' })).toThrow(
      'gridSample: expected padding zeros, border or reflection, got wrap',
    );
    expect(() => gridSample(row(1), tf.zeros([1, 1, 1, 3]))).toThrow("sizes: expected 'b=1 i j xy=2'");
  });
});
