/** Gates and their summaries in each form that they have, against sums in float64 and finite differences. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gateChannels, gateChannelsPlanes, gatePixels, gridSummary } from '../../../lib/tensor/ops';
import { inTier, tiers } from '../../native/tiers';
import { gradientError, numbers, wavy } from '../gradients';

type Shape = [number, number, number, number];
const near = (found: tf.Tensor, wanted: readonly number[], tolerance = 1e-5): void => {
  const ours = numbers(found);
  expect(ours.length).toBe(wanted.length);
  const size = Math.max(1, ...wanted.map(Math.abs));
  expect(Math.max(0, ...wanted.map((value, i) => Math.abs(value - ours[i]!))) / size).toBeLessThan(tolerance);
};
/** The values of an image, gathered by what `place` says of them: [number of values][...]. */
function gathered(x: tf.Tensor, count: number, place: (b: number, pixel: number, c: number) => number): number[][] {
  const [, h, w, channels] = x.shape as Shape;
  const groups: number[][] = Array.from({ length: count }, () => []);
  numbers(x).forEach((value, i) => {
    const pixel = Math.floor(i / channels);
    groups[place(Math.floor(pixel / (h * w)), pixel, i % channels)]!.push(value);
  });
  return groups;
}
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(tiers)('gates as $tier', ({ tier }) => {
  const shapes: Shape[] = [1, 3, 16, 17, 48].map((c) => [2, 5, 3, c]);
  it.each([...shapes, [1, 1, 1, 1], [3, 33, 17, 7]] as Shape[])('of %i x %i x %i x %i are what the formulas say', (...shape) => {
    const [b, h, w, c] = shape;
    const x = wavy<tf.Rank.R4>(shape);
    const channelGate = wavy<tf.Rank.R2>([b, c], 0.5);
    const pixelGate = wavy<tf.Rank.R4>([b, h, w, 1], 0.7);
    inTier(tier, () => {
      const byChannel = gathered(x, b * c, (image, _, channel) => image * c + channel);
      const { mean, max } = gridSummary(x);
      near(mean, byChannel.map(meanOf));
      near(
        max,
        byChannel.map((values) => Math.max(...values)),
      );

      const gated = tf.mul(x, tf.reshape(channelGate, [b, 1, 1, c]));
      near(gateChannels(x, channelGate), numbers(gated));
      const { y, planes } = gateChannelsPlanes(x, channelGate);
      near(y, numbers(gated));
      const byPixel = gathered(gated, b * h * w, (_, pixel) => pixel);
      near(
        planes,
        byPixel.flatMap((values) => [meanOf(values), Math.max(...values)]),
      );
      near(gatePixels(x, pixelGate), numbers(tf.mul(x, pixelGate)));
    });
  });

  it('have the gradients of finite differences', () => {
    // all a tenth apart, so that no step changes which is the largest
    const values = Float32Array.from({ length: 60 }, (_, i) => ((i * 17) % 60) / 10 - 3);
    const x = tf.tensor4d(values, [2, 3, 2, 5]);
    const gate = tf.add(1, tf.mul(wavy<tf.Rank.R2>([2, 5], 0.5), 0.005)) as tf.Tensor2D;
    const where = wavy<tf.Rank.R4>([2, 3, 2, 1], 0.7);
    const joined = (...all: tf.Tensor[]): tf.Tensor => tf.concat(all.map((one) => tf.reshape(one, [-1])));
    inTier(tier, () => {
      const errors = [
        gradientError({ x }, ({ x }) => joined(...Object.values(gridSummary(x)))),
        gradientError({ x, gate }, ({ x, gate }) => gateChannels(x, gate)),
        gradientError({ x, gate }, ({ x, gate }) => joined(...Object.values(gateChannelsPlanes(x, gate)))),
        gradientError({ x, where }, ({ x, where }) => gatePixels(x, where)),
      ].flatMap((found) => Object.entries(found));
      expect(errors.length).toBe(7);
      for (const [path, error] of errors) expect(error, path).toBeLessThan(1e-3);
    });
  });

  it('share the gradient of a maximum evenly among its equals', () => {
    const x = tf.tensor4d([1, 7, 3, 7, 3, 7], [1, 3, 1, 2]); // channels 1 3 3 and 7 7 7
    inTier(tier, () => {
      near(tf.grad((x: tf.Tensor) => gridSummary(x as tf.Tensor4D).max)(x), [0, 1 / 3, 1 / 2, 1 / 3, 1 / 2, 1 / 3]);
      const flat = tf.tensor4d([2, 2, 1, 2], [1, 1, 1, 4]);
      const top = (x: tf.Tensor) => tf.slice(gateChannelsPlanes(x as tf.Tensor4D, tf.ones([1, 4])).planes, [0, 0, 0, 1], [1, 1, 1, 1]);
      near(tf.grad(top)(flat), [1 / 3, 1 / 3, 0, 1 / 3]);
    });
  });

  it('let NaN through, to its channel or pixel alone', () => {
    const x = tf.tensor4d([1, Number.NaN, 2, 4], [1, 2, 1, 2]);
    inTier(tier, () => {
      expect(numbers(gridSummary(x).mean).map(Number.isNaN)).toEqual([false, true]);
      expect(numbers(gateChannelsPlanes(x, tf.ones([1, 2])).planes).slice(2)).toEqual([3, 4]);
    });
  });
});

it('gates of another shape are refused', () => {
  const x = tf.zeros<tf.Rank.R4>([2, 3, 3, 4]);
  expect(() => gateChannels(x, tf.zeros([2, 3]))).toThrow('gateChannels: expected a gate of shape [2,4], got [2,3]');
  expect(() => gateChannelsPlanes(x, tf.zeros([1, 4]))).toThrow('gateChannelsPlanes: expected a gate of shape [2,4], got [1,4]');
  expect(() => gatePixels(x, tf.zeros([2, 3, 3, 4]))).toThrow("sizes: expected 'b=2 h=3 w=3 one=1', got shape [2,3,3,4]");
});
