/** Group, instance, RMS and global response norm: numbers worked by hand, and gradients against finite differences. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { globalResponseNormalise, groupNormalise, instanceNormalise, rmsNormalise } from '../../../lib/tensor/ops';
import { inTier, tiers } from '../../native/tiers';
import { gradientError, numbers, wavy } from '../gradients';

const close = (got: tf.Tensor, wanted: number[]): void => {
  expect(got.size).toBe(wanted.length);
  numbers(got).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
};
const ones = (size: number): tf.Tensor1D => tf.ones([size]);
const zeros = (size: number): tf.Tensor1D => tf.zeros([size]);

describe.each(tiers)('as $tier', ({ tier }) => {
  const run: <T>(body: () => T) => T = (body) => inTier(tier, body);

  it('group norm: each image and group has mean 0 and deviation 1, then scale and shift', () => {
    const x = tf.tensor3d([1, 3, 10, 30, 5, 7, 50, 70], [1, 2, 4]); // groups 1 3 5 7 and 10 30 50 70
    const y = run(() => groupNormalise(x, 2, tf.tensor1d([1, 1, 2, 2]), tf.tensor1d([0, 0, 1, 1]), 0));
    const [a, b] = [3 / Math.sqrt(5), 1 / Math.sqrt(5)];
    close(y, [-a, -b, 1 - 2 * a, 1 - 2 * b, b, a, 1 + 2 * b, 1 + 2 * a]);
  });

  it('instance norm: each channel by itself', () => {
    const x = tf.tensor4d([1, 10, 3, 30], [1, 1, 2, 2]);
    close(
      run(() => instanceNormalise(x, ones(2), zeros(2), 0)),
      [-1, -1, 1, 1],
    );
  });

  it('RMS norm: the mean square is 1', () => {
    close(
      run(() => rmsNormalise(tf.tensor2d([[3, 4, 0, 0]]), tf.tensor1d([1, 1, 1, 2]), 0)),
      [1.2, 1.6, 0, 0],
    );
  });

  it('global response norm: channels of sizes 5 and 15 get shares 1/2 and 3/2', () => {
    const x = tf.tensor4d([3, 9, 4, 12], [1, 1, 2, 2]);
    close(
      run(() => globalResponseNormalise(x, tf.tensor1d([1, 2]), tf.tensor1d([0, 1]), 0)),
      [4.5, 37, 6, 49],
    );
  });

  it('a large offset costs no accuracy', () => {
    const x = tf.add(wavy<tf.Rank.R4>([2, 3, 5, 4]), 100) as tf.Tensor4D;
    const near = groupNormalise(wavy<tf.Rank.R4>([2, 3, 5, 4]), 2, ones(4), zeros(4), 1e-5);
    const far = run(() => groupNormalise(x, 2, ones(4), zeros(4), 1e-5));
    expect(tf.max(tf.abs(tf.sub(near, far))).dataSync()[0]).toBeLessThan(2e-4);
  });

  it('gradients', () => {
    const params = { scale: wavy<tf.Rank.R1>([6], 1), shift: wavy<tf.Rank.R1>([6], 2) };
    const image = { ...params, x: wavy<tf.Rank.R4>([2, 3, 2, 6]) };
    const all = [
      gradientErrorIn(run, image, ({ x, scale, shift }) => groupNormalise(x, 3, scale, shift, 1e-3)),
      gradientErrorIn(run, image, ({ x, scale, shift }) => groupNormalise(x, 1, scale, shift, 1e-3)),
      gradientErrorIn(run, image, ({ x, scale, shift }) => instanceNormalise(x, scale, shift, 1e-1)),
      gradientErrorIn(run, image, ({ x, scale, shift }) => globalResponseNormalise(x, scale, shift, 1e-3)),
      gradientErrorIn(run, { x: wavy<tf.Rank.R3>([2, 3, 6]), scale: params.scale }, ({ x, scale }) => rmsNormalise(x, scale, 1e-3)),
    ];
    for (const errors of all) for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(1e-3);
  });

  it('global response norm: a channel that is 0 everywhere has a gradient without NaN', () => {
    const f = (x: tf.Tensor): tf.Tensor => globalResponseNormalise(x as tf.Tensor4D, ones(2), zeros(2), 1e-6);
    const grad = run(() => tf.grad(f)(tf.tensor4d([0, 1, 0, 2], [1, 1, 2, 2])));
    expect(numbers(grad).every(Number.isFinite)).toBe(true);
  });
});

function gradientErrorIn<P extends { readonly [name: string]: tf.Tensor }>(
  run: <T>(body: () => T) => T,
  params: P,
  f: (params: P) => tf.Tensor,
) {
  return run(() => gradientError(params, f));
}

it('group norm refuses groups that do not divide the channels', () => {
  expect(() => groupNormalise(tf.zeros([2, 3, 4]), 3, ones(4), zeros(4), 0)).toThrow(
    "groupNormalise: expected 'b ... c' and a number of groups that divides c, got shape [2,3,4], groups=3",
  );
});
