/**
 * A grid with more rows and columns around it: zeros, the border again ('replicate'), the image mirrored at its border pixels
 * ('reflect', which are not repeated) or the other side ('circular'). Gradients flow to the pixels that were repeated.
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { gather } from './gather';
import { type Padding, sidesOf, type Two } from './padding';

export type PadMode = 'zeros' | 'replicate' | 'reflect' | 'circular';

/** Which position stands at `at`, from before 0 to beyond n - 1. */
const sources: { readonly [Mode in Exclude<PadMode, 'zeros'>]: (at: number, n: number) => number } = {
  replicate: (at, n) => Math.min(n - 1, Math.max(0, at)),
  reflect: (at, n) => n - 1 - Math.abs(n - 1 - Math.abs(at)),
  circular: (at, n) => (at + n) % n,
};
/** How much padding there can be: as much as lies on the other side of the mirror, or on the grid. */
const most: { readonly [Mode in PadMode]: (n: number) => number } = {
  zeros: () => Number.POSITIVE_INFINITY,
  replicate: () => Number.POSITIVE_INFINITY,
  reflect: (n) => n - 1,
  circular: (n) => n,
};

/** 'b h w c' -> 'b (top h bottom) (left w right) c'; padding as for convolutions, in numbers. */
export function padGrid(x: Tensor4D, padding: Exclude<Padding, 'same' | 'valid'>, mode: PadMode = 'zeros'): Tensor4D {
  const { h, w } = sizes(x, 'b h w c');
  if (!Object.hasOwn(most, mode)) throw new Error(`padGrid: expected mode to be one of ${Object.keys(most).join(', ')}, got ${mode}`);
  const sides = sidesOf('padGrid', padding);
  sides.forEach((side, axis) => {
    const n = [h, w][axis]!;
    if (Math.max(...side) > most[mode](n))
      throw new Error(`padGrid: expected at most ${most[mode](n)} of ${mode} padding beside ${n} positions, got ${Math.max(...side)}`);
  });
  if (mode === 'zeros') return tf.pad(x, [[0, 0], ...sides, [0, 0]]);
  return sides.reduce((grid, side, axis) => along(grid, axis + 1, side, sources[mode]), x);
}

function along(x: Tensor4D, axis: number, [before, after]: Two, source: (at: number, n: number) => number): Tensor4D {
  if (before === 0 && after === 0) return x;
  const n = x.shape[axis]!;
  const positions = Array.from({ length: before + n + after }, (_, i) => source(i - before, n));
  return gather<tf.Rank.R4>(x, tf.tensor1d(positions, 'int32'), axis);
}
