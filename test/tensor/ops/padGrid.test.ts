import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type PadMode, padGrid } from '../../../lib/tensor/ops';
import { gradientError, numbers, wavy } from '../gradients';

const row = (mode?: PadMode): number[] => numbers(padGrid(tf.tensor4d([1, 2, 3], [1, 1, 3, 1]), [[0, 0], [2, 1]], mode)); // biome-ignore format: rows

describe('padGrid', () => {
  it('puts zeros, the border, the mirror image or the other side around', () => {
    expect(row()).toEqual([0, 0, 1, 2, 3, 0]);
    expect(row('replicate')).toEqual([1, 1, 1, 2, 3, 3]);
    expect(row('reflect')).toEqual([3, 2, 1, 2, 3, 2]);
    expect(row('circular')).toEqual([2, 3, 1, 2, 3, 1]);
  });
  it.each(['zeros', 'replicate', 'reflect', 'circular'] as const)('%s has gradients', (mode) => {
    const errors = gradientError({ x: wavy<tf.Rank.R4>([1, 4, 3, 2]) }, ({ x }) => padGrid(x, [[1, 2], [2, 0]], mode)); // biome-ignore format: rows
    expect(errors['x']).toBeLessThan(1e-3);
  });
  it('refuses what the grid cannot fill, and other modes', () => {
    expect(() => row('mirror' as 'reflect')).toThrow('padGrid: expected mode to be one of zeros, replicate, reflect, circular, got mirror');
    expect(() => padGrid(tf.ones([1, 2, 2, 1]), 2, 'reflect')).toThrow(
      'padGrid: expected at most 1 of reflect padding beside 2 positions, got 2',
    );
  });
});
