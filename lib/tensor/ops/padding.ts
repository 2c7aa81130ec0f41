/**
 * Windows that slide over a grid, 'b h w c', as convolutions, pools and unfolding share them. Along one axis of n positions,
 * with kernel k, stride s, dilation d and padding (before, after):
 *
 *   span = (k - 1) d + 1        output = floor((n + before + after - span) / s) + 1
 *
 * 'same' is TensorFlow's: output = ceil(n / s), the odd row or column of padding comes after. Numbers are PyTorch's.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Down and across; one number stands for both. */
export type Two = [down: number, across: number];
export type Pair = number | readonly [down: number, across: number];
/** 'same', none ('valid'), the same on both sides, or before and after: [[top, bottom], [left, right]]. */
export type Padding = 'same' | 'valid' | Pair | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

export type WindowOptions = { kernel: Pair; stride?: Pair; dilation?: Pair; padding?: Padding };
/** All of it by axis, down and across. */
export type Window = { kernel: Two; strides: Two; dilations: Two; before: Two; after: Two; input: Two; output: Two };

export const two = (pair: Pair): Two => (typeof pair === 'number' ? [pair, pair] : [pair[0], pair[1]]);
const bothAxes = (value: (axis: 0 | 1) => number): Two => [value(0), value(1)];

/** How far one window reaches, and how far all of them together, along an axis. */
export const spanOf = ({ kernel, dilations }: Pick<Window, 'kernel' | 'dilations'>, axis: 0 | 1): number =>
  (kernel[axis] - 1) * dilations[axis] + 1;
export const reachOf = (window: Window, axis: 0 | 1): number => (window.output[axis] - 1) * window.strides[axis] + spanOf(window, axis);

/** Kernel, stride and dilation as whole numbers from 1, else an error in the name of `who`. */
export function checkedWindow(
  who: string,
  options: WindowOptions,
): { kernel: Two; strides: Two; dilations: Two; sides: 'same' | [Two, Two] } {
  const { kernel, stride = 1, dilation = 1, padding = 'valid' } = options;
  const checked = (name: string, pair: Pair): Two => {
    const sizes = two(pair);
    if (sizes.every((size) => Number.isInteger(size) && size >= 1)) return sizes;
    throw new Error(`${who}: expected ${name} to be one or two whole numbers from 1, got ${JSON.stringify(pair)}`);
  };
  return {
    kernel: checked('kernel', kernel),
    strides: checked('stride', stride),
    dilations: checked('dilation', dilation),
    sides: padding === 'same' ? 'same' : sidesOf(who, padding),
  };
}

export function sidesOf(who: string, padding: Exclude<Padding, 'same'>): [Two, Two] {
  const given = padding === 'valid' ? 0 : padding;
  const [down, across] = typeof given === 'number' ? [given, given] : given;
  const sides: [Two, Two] = [two(down), two(across)];
  if (sides.flat().every((size) => Number.isInteger(size) && size >= 0)) return sides;
  const wanted = "'same', 'valid', whole numbers from 0, or [[top, bottom], [left, right]]";
  throw new Error(`${who}: expected padding to be ${wanted}, got ${JSON.stringify(padding)}`);
}

/** The windows over a grid of `input` positions; with `ceil`, one that only begins on the grid or its padding counts too. */
export function windowOver(who: string, input: Two, options: WindowOptions, ceil = false): Window {
  const { kernel, strides, dilations, sides } = checkedWindow(who, options);
  const span = bothAxes((axis) => spanOf({ kernel, dilations }, axis));
  const same = bothAxes((axis) => Math.ceil(input[axis] / strides[axis]));
  const total = bothAxes((axis) => Math.max(0, (same[axis] - 1) * strides[axis] + span[axis] - input[axis]));
  const before = bothAxes((axis) => (sides === 'same' ? Math.floor(total[axis] / 2) : sides[axis][0]));
  const after = bothAxes((axis) => (sides === 'same' ? total[axis] - before[axis] : sides[axis][1]));
  const output = bothAxes((axis) => {
    if (sides === 'same') return same[axis];
    const steps = (input[axis] + before[axis] + after[axis] - span[axis]) / strides[axis];
    if (!ceil) return Math.floor(steps) + 1;
    const begun = Math.ceil(steps) + 1;
    return (begun - 1) * strides[axis] >= input[axis] + before[axis] ? begun - 1 : begun; // must begin before the padding after
  });
  if (output.some((size) => size < 1)) {
    const padded = bothAxes((axis) => input[axis] + before[axis] + after[axis]);
    throw new Error(`${who}: expected a grid of at least ${span.join(' x ')} with its padding, got ${padded.join(' x ')}`);
  }
  return { kernel, strides, dilations, before, after, input, output };
}

/** What the windows cover, exactly: `x` with its padding, without the last rows and columns that no window reaches. */
export function fit(x: Tensor, window: Window, value = 0): Tensor4D {
  const [b, , , c] = x.shape as [number, number, number, number];
  const used = usedOf(window);
  const cut = used.every((size, axis) => size === window.input[axis]) ? x : tf.slice(x, [0, 0, 0, 0], [b, ...used, c]);
  return surrounded(
    cut as Tensor4D,
    window.before,
    bothAxes((axis) => reachOf(window, axis) - window.before[axis] - used[axis]),
    value,
  );
}

/** Back from what the windows cover to the grid: the gradient of `fit`. */
export function unfit(covered: Tensor, window: Window): Tensor4D {
  const [b, h, w, c] = covered.shape as [number, number, number, number];
  const used = usedOf(window);
  const whole = used[0] === h && used[1] === w;
  const inner = whole ? covered : tf.slice(covered, [0, ...window.before, 0], [b, ...used, c]);
  return surrounded(
    inner as Tensor4D,
    [0, 0],
    bothAxes((axis) => window.input[axis] - used[axis]),
    0,
  );
}

const usedOf = (window: Window): Two =>
  bothAxes((axis) => Math.max(0, Math.min(window.input[axis], reachOf(window, axis) - window.before[axis])));

function surrounded(x: Tensor4D, before: Two, after: Two, value: number): Tensor4D {
  if ([...before, ...after].every((size) => size === 0)) return x;
  const around: [number, number][] = [[0, 0], [before[0], after[0]], [before[1], after[1]], [0, 0]]; // biome-ignore format: rows
  return tf.pad(x, around, value);
}

/** The grid with `by - 1` zeros between its neighbours: a stride, backwards. */
export function spread(x: Tensor4D, by: Two): Tensor4D {
  const [b, h, w, c] = x.shape;
  const down = spreadRows(tf.reshape(x, [b, h, w * c]), by[0]);
  const rows = down.shape[1]!;
  return tf.reshape(spreadRows(tf.reshape(down, [b * rows, w, c]), by[1]), [b, rows, -1, c]);
}

/** 'n rows c', with zeros between the rows. */
function spreadRows(x: Tensor, by: number): Tensor {
  if (by === 1) return x;
  const [n, rows, c] = x.shape as [number, number, number];
  const apart = tf.pad(tf.reshape(x, [n * rows, 1, c]), [[0, 0], [0, by - 1], [0, 0]]); // biome-ignore format: rows
  return tf.slice(tf.reshape(apart, [n, rows * by, c]), [0, 0, 0], [n, (rows - 1) * by + 1, c]);
}
