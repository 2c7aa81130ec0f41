/**
 * Images read at given places (spatial transformers, Jaderberg et al. 2015, arXiv:1506.02025), as PyTorch's grid_sample: the
 * grid holds (x, y) from -1 to 1, the edges of the image, or with `alignCorners` the centres of its corner pixels:
 *
 *   place = ((g + 1) n - 1) / 2        with alignCorners: (g + 1) (n - 1) / 2
 *
 * What is read is a weighted sum of the 1 (nearest), 4 (bilinear) or 16 (bicubic, a = -0.75) pixels around a place. Beyond the
 * border lie zeros, the border again, or the image mirrored.
 */
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { type Operation, operation } from '../operation';
import { gather } from './gather';

export type GridSampleOptions = {
  mode?: 'nearest' | 'bilinear' | 'bicubic';
  padding?: 'zeros' | 'border' | 'reflection';
  alignCorners?: boolean;
};
type Settings = Required<GridSampleOptions>;

/** A pixel along one axis: which (as a float), and its weight. */
type Tap = { place: Tensor; weight: Tensor };

// numbers of pixels, and 1 where both lie on the image; neither has a slope
const pixelsOp: Operation = operation({
  name: 'FoveaGridPixels',
  plain: ({ down, across }, { h, w }) => {
    const on = (place: Tensor, size: number): Tensor => tf.cast(tf.equal(place, tf.clipByValue(place, 0, size - 1)), 'float32');
    const number = (place: Tensor, size: number): Tensor => tf.clipByValue(place, 0, size - 1);
    const [rows, columns] = [number(down!, h as number), number(across!, w as number)];
    return [tf.cast(tf.add(tf.mul(rows, w as number), columns), 'int32'), tf.mul(on(down!, h as number), on(across!, w as number))];
  },
  gradient: () => ({}),
});

/** 'b h w c' read at a grid 'b i j xy' -> 'b i j c'; gradients to both. A place that is NaN is refused. */
export function gridSample(x: Tensor4D, grid: Tensor4D, options: GridSampleOptions = {}): Tensor4D {
  const settings: Settings = { mode: 'bilinear', padding: 'zeros', alignCorners: false, ...options };
  const { b, h, w, c } = sizes(x, 'b h w c');
  const { i, j } = sizes(grid, 'b i j xy', { b, xy: 2 });
  check(settings);
  const [gx, gy] = tf.split(tf.reshape(grid, [b, i * j, 2]), 2, 2).map((each) => tf.reshape(each, [b, i * j])) as [Tensor, Tensor];
  const pixels = tf.reshape(x, [b, h * w, c]);
  const parts = tapsOf(gy, h, settings).flatMap((down) =>
    tapsOf(gx, w, settings).map((across) => {
      const [number, on] = pixelsOp({ down: down.place, across: across.place }, { h, w });
      const weight = tf.mul(tf.mul(down.weight, across.weight), on!);
      return tf.mul(gather<tf.Rank.R3>(pixels, number!, 1, 1), tf.expandDims(weight, 2)) as Tensor3D;
    }),
  );
  return tf.reshape(parts.length === 1 ? parts[0]! : tf.addN(parts), [b, i, j, c]);
}

function check({ mode, padding }: Settings): void {
  if (!['nearest', 'bilinear', 'bicubic'].includes(mode))
    throw new Error(`gridSample: expected mode nearest, bilinear or bicubic, got ${mode}`);
  if (!['zeros', 'border', 'reflection'].includes(padding))
    throw new Error(`gridSample: expected padding zeros, border or reflection, got ${padding}`);
}

/** The pixels that a place along one axis of `n` is read from. */
function tapsOf(g: Tensor, n: number, settings: Settings): Tap[] {
  const { mode, alignCorners } = settings;
  const free = alignCorners ? tf.mul(tf.add(g, 1), (n - 1) / 2) : tf.div(tf.sub(tf.mul(tf.add(g, 1), n), 1), 2);
  if (mode === 'bicubic') {
    // the padding is about each pixel, not the place between them
    const first = tf.floor(free);
    const t = tf.sub(free, first);
    return [-1, 0, 1, 2].map((tap) => ({
      place: inside(tf.add(first, tap), n, settings),
      weight: cubic(tf.abs(tf.sub(t, tap)), Math.abs(tap - 0.5) < 1),
    }));
  }
  const at = inside(free, n, settings);
  if (mode === 'nearest') return [{ place: tf.round(at), weight: tf.onesLike(at) }];
  const first = tf.floor(at);
  const t = tf.sub(at, first);
  return [
    { place: first, weight: tf.sub(1, t) },
    { place: tf.add(first, 1), weight: t },
  ];
}

/** Keys 1981 with a = -0.75, at a distance below 1 or from 1 to 2. */
function cubic(d: Tensor, near: boolean, a = -0.75): Tensor {
  if (near) return tf.add(tf.mul(tf.mul(tf.sub(tf.mul(d, a + 2), a + 3), d), d), 1);
  return tf.sub(tf.mul(tf.add(tf.mul(tf.sub(tf.mul(d, a), 5 * a), d), 8 * a), d), 4 * a);
}

/** Where beyond the image a place is looked for. */
const inside = (place: Tensor, n: number, { padding, alignCorners }: Settings): Tensor =>
  padding === 'zeros' ? place : insideOp({ place }, { n, mirrors: padding === 'reflection', alignCorners })[0]!;

const insideOp: Operation = operation({
  name: 'FoveaGridInside',
  plain: ({ place }, { n, mirrors, alignCorners }) => {
    const at = mirrors ? mirrored(place!, n as number, alignCorners as boolean).place : place!;
    return [tf.clipByValue(at, 0, (n as number) - 1)];
  },
  gradient: ([dy], { inputs: { place } }, { n, mirrors, alignCorners }) => {
    const at = mirrors ? mirrored(place!, n as number, alignCorners as boolean) : { place: place!, slope: tf.onesLike(place!) };
    const within = tf.logicalAnd(tf.greater(at.place, 0), tf.less(at.place, (n as number) - 1)); // none on the border itself, as in PyTorch
    return { place: tf.mul(dy!, tf.mul(at.slope, tf.cast(within, 'float32'))) };
  },
});

/** Mirrored at the edges of the image, or at its corner pixels; the slope is 1 or -1. */
function mirrored(place: Tensor, n: number, alignCorners: boolean): { place: Tensor; slope: Tensor } {
  const [low, span] = alignCorners ? [0, n - 1] : [-0.5, n];
  if (span === 0) return { place: tf.mul(place, 0), slope: tf.zerosLike(place) };
  const from = tf.sub(place, low);
  const distance = tf.abs(from);
  const flips = tf.floor(tf.div(distance, span));
  const rest = tf.sub(distance, tf.mul(flips, span));
  const odd = tf.sub(flips, tf.mul(tf.floor(tf.div(flips, 2)), 2));
  const turned = tf.sub(1, tf.mul(odd, 2)); // 1, or -1 after an odd number of mirrors
  const side = tf.sub(1, tf.mul(tf.cast(tf.less(from, 0), 'float32'), 2));
  return { place: tf.add(tf.add(tf.mul(turned, rest), tf.mul(odd, span)), low), slope: tf.mul(turned, side) };
}
