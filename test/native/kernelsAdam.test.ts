import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adamMove } from '../../lib/tensor/ops/adamMove';
import { numbers, wavy } from '../tensor/gradients';
import { inTier, tiers } from './tiers';

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

describe.each(tiers)("Adam's move as $tier", ({ tier }) => {
  it.each([[], [1], [3, 5], [3, 3, 16, 17]])('of a leaf %i %i %i %i is the formula in float64', (...shape) => {
    const [p, g, mean] = [0, 1, 2].map((phase) => wavy(shape as never, phase)) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const square = tf.square(wavy(shape as never, 3) as tf.Tensor);
    const [size, unbias] = [0.02, 0.3];
    const found = inTier(tier, () =>
      adamMove(p, g, mean, square, { beta1, beta2, epsilon, size: tf.scalar(size), unbias: tf.scalar(unbias) }),
    );
    const [ps, gs, means, squares] = [p, g, mean, square].map(numbers) as [number[], number[], number[], number[]];
    ps.forEach((old, i) => {
      const first = beta1 * means[i]! + (1 - beta1) * gs[i]!;
      const second = beta2 * squares[i]! + (1 - beta2) * gs[i]! ** 2;
      expect(numbers(found.mean)[i]).toBeCloseTo(first, 6);
      expect(numbers(found.square)[i]).toBeCloseTo(second, 6);
      expect(numbers(found.p)[i]).toBeCloseTo(old - (size * first) / (Math.sqrt(second) / unbias + epsilon), 5);
    });
  });

  it('lets NaN through', () => {
    const one = tf.tensor1d([1, 1]);
    const { p } = inTier(tier, () =>
      adamMove(one, tf.tensor1d([Number.NaN, 1]), one, one, { beta1, beta2, epsilon, size: tf.scalar(1), unbias: tf.scalar(1) }),
    );
    expect(numbers(p).map(Number.isNaN)).toEqual([true, false]);
  });
});
