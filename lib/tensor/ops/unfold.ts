/**
 * What lies under each position of a sliding window, and back: im2col, with gradients. Each place in the window is one strided
 * slice; TensorFlow's own ExtractImagePatches takes five times as long and has no gradient in C.
 */
import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { type Attributes, type Operation, operation } from '../operation';
import { fit, type Padding, type Pair, reachOf, spread, type Two, unfit, type Window, windowOver } from './padding';

const of = (attributes: Attributes): Window => attributes as unknown as Window;

const unfoldOp: Operation = operation({
  name: 'FoveaUnfold',
  plain: ({ x }, attributes) => [unfolded(x!, of(attributes))],
  gradient: ([dy], _, attributes) => ({ x: foldOp({ x: dy! }, attributes)[0]! }),
});
const foldOp: Operation = operation({
  name: 'FoveaFold',
  plain: ({ x }, attributes) => [folded(x!, of(attributes))],
  gradient: ([dy], _, attributes) => ({ x: unfoldOp({ x: dy! }, attributes)[0]! }),
});

/** The places of a window: rows, then columns. */
const placesOf = ({ kernel, dilations }: Window): Two[] =>
  Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => [Math.floor(tap / kernel[1]) * dilations[0], (tap % kernel[1]) * dilations[1]]);

/** 'b h w c' -> 'b i j (u v) c'; what lies outside of the grid is `value`. */
export function unfolded(x: Tensor, window: Window, value = 0): Tensor5D {
  const covered = fit(x, window, value);
  const { strides, output } = window;
  const [b, , , c] = covered.shape;
  const taps = placesOf(window).map(([top, left]) => {
    const end = [b, top + (output[0] - 1) * strides[0] + 1, left + (output[1] - 1) * strides[1] + 1, c];
    return tf.stridedSlice(covered, [0, top, left, 0], end, [1, ...strides, 1]);
  });
  return tf.reshape(taps.length === 1 ? taps[0]! : tf.concat(taps, 3), [b, ...output, taps.length, c]);
}

/** 'b i j (u v) c' -> 'b h w c': each value added to where it came from. */
export function folded(x: Tensor, window: Window): Tensor4D {
  const [b, , , , c] = x.shape as [number, number, number, number, number];
  const { strides, output } = window;
  const places = placesOf(window);
  const size = [reachOf(window, 0), reachOf(window, 1)];
  const taps = tf.split(tf.reshape(x, [b, ...output, places.length * c]) as Tensor4D, places.length, 3).map((tap, index) => {
    const apart = spread(tap as Tensor4D, strides);
    const [top, left] = places[index]!;
    const [below, right] = [size[0]! - top - apart.shape[1], size[1]! - left - apart.shape[2]];
    return tf.pad(apart, [[0, 0], [top, below], [left, right], [0, 0]]); // biome-ignore format: rows
  });
  return unfit(taps.length === 1 ? taps[0]! : tf.addN(taps), window);
}

export type UnfoldOptions = { kernel: Pair; stride?: Pair; padding?: Padding; dilation?: Pair };

/** 'b h w c' -> 'b i j (u v) c': the kernel's places, rows then columns, under each position i j; zeros outside of the grid. */
export function unfold(x: Tensor4D, options: UnfoldOptions): Tensor5D {
  const { h, w } = sizes(x, 'b h w c');
  return unfoldOp({ x }, windowOver('unfold', [h, w], options))[0]! as Tensor5D;
}

/** 'b i j (u v) c' -> 'b h w c': the sum of what came from each position of a grid `h w`; the gradient of unfold. */
export function fold(x: Tensor5D, size: readonly [h: number, w: number], options: UnfoldOptions): Tensor4D {
  const window = windowOver('fold', [size[0], size[1]], options);
  const { i, j, places } = sizes(x, 'b i j places c');
  const wanted = [...window.output, window.kernel[0] * window.kernel[1]];
  if ([i, j, places].some((found, axis) => found !== wanted[axis]))
    throw new Error(`fold: expected 'b i j places c' with ${wanted.join(', ')} in the middle, got shape [${x.shape}]`);
  return foldOp({ x }, window)[0]! as Tensor4D;
}
