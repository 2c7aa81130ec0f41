/**
 * Pooling over sliding windows, with PyTorch's options. The maximum pads with -infinity and gives its gradient to the first of
 * equal values, rows before columns. The average divides by the size of the window, padding included or not; of a window that
 * `ceil` lets run over the padding, the part beyond it never counts.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { type Attributes, type Operation, operation } from '../operation';
import { oneHot } from './oneHot';
import { type Padding, type Pair, spanOf, type Window, windowOver } from './padding';
import { folded, unfolded } from './unfold';

/** What an average divides by, '1 i j 1', is one constant: it follows from the window. */
export type Pooling = Window & { includePadding: boolean };
const of = (attributes: Attributes): Pooling => attributes as unknown as Pooling;

const maxPoolOp: Operation = operation({
  name: 'FoveaMaxPool',
  plain: ({ x }, attributes) => [plainMaxPool(x!, of(attributes))],
  gradient: ([dy], { inputs: { x } }, attributes) => ({ x: maxPoolGradOp({ dy: dy!, x: x! }, attributes)[0]! }),
});
const maxPoolGradOp: Operation = operation({
  name: 'FoveaMaxPoolGrad',
  plain: ({ dy, x }, attributes) => [plainMaxPoolGradient(dy!, x!, of(attributes))],
});
const averagePoolOp: Operation = operation({
  name: 'FoveaAveragePool',
  plain: ({ x }, attributes) => [tf.div(tf.sum(unfolded(x!, of(attributes)), 3), divisors(of(attributes)))],
  gradient: ([dy], _, attributes) => ({ x: averagePoolGradOp({ dy: dy! }, attributes)[0]! }),
});
const averagePoolGradOp: Operation = operation({
  name: 'FoveaAveragePoolGrad',
  plain: ({ dy }, attributes) => {
    const { kernel } = of(attributes);
    const share = tf.expandDims(tf.div(dy!, divisors(of(attributes))), 3);
    return [folded(tf.tile(share, [1, 1, 1, kernel[0] * kernel[1], 1]), of(attributes))];
  },
  gradient: ([dx], _, attributes) => ({ dy: averagePoolOp({ x: dx! }, attributes)[0]! }),
});

export const plainMaxPool = (x: Tensor, window: Window): Tensor => tf.max(unfolded(x, window, Number.NEGATIVE_INFINITY), 3);

export function plainMaxPoolGradient(dy: Tensor, x: Tensor, window: Window): Tensor {
  const first = tf.argMax(unfolded(x, window, Number.NEGATIVE_INFINITY), 3);
  const chosen = oneHot(first, window.kernel[0] * window.kernel[1], 3); // b i j (u v) c
  return folded(tf.mul(chosen, tf.expandDims(dy, 3)), window);
}

/** How many positions each window averages over, '1 i j 1'. */
export function divisors(pooling: Pooling): Tensor4D {
  const [down, across] = ([0, 1] as const).map((axis) => counts(pooling, axis)) as [number[], number[]];
  const all = down.flatMap((rows) => across.map((columns) => rows * columns));
  return tf.tensor4d(all, [1, down.length, across.length, 1]);
}

export const counts = ({ output, strides, kernel, before, after, input, includePadding }: Pooling, axis: 0 | 1): number[] =>
  Array.from({ length: output[axis] }, (_, index) => {
    const begin = index * strides[axis] - before[axis];
    const [first, last] = includePadding ? [begin, input[axis] + after[axis]] : [Math.max(0, begin), input[axis]];
    return Math.min(begin + kernel[axis], last) - first;
  });

export type MaxPoolOptions = { kernel: Pair; stride?: Pair; padding?: Padding; dilation?: Pair; ceil?: boolean };
export type AveragePoolOptions = { kernel: Pair; stride?: Pair; padding?: Padding; ceil?: boolean; includePadding?: boolean };

/** The largest value in each window, 'b h w c' -> 'b i j c'; the stride is the kernel where none is given. */
export function maxPool(x: Tensor4D, { kernel, stride = kernel, ceil = false, ...rest }: MaxPoolOptions): Tensor4D {
  const window = poolWindow('maxPool', x, { kernel, stride, ...rest }, ceil);
  return maxPoolOp({ x }, { ...window, includePadding: false })[0]! as Tensor4D;
}

/** The mean of each window, 'b h w c' -> 'b i j c'; the stride is the kernel where none is given. */
export function averagePool(x: Tensor4D, options: AveragePoolOptions): Tensor4D {
  const { kernel, stride = kernel, ceil = false, includePadding = true, ...rest } = options;
  const window = poolWindow('averagePool', x, { kernel, stride, ...rest }, ceil);
  return averagePoolOp({ x }, { ...window, includePadding })[0]! as Tensor4D;
}

function poolWindow(who: string, x: Tensor4D, options: Parameters<typeof windowOver>[2], ceil: boolean): Window {
  const { h, w } = sizes(x, 'b h w c');
  const window = windowOver(who, [h, w], options, ceil);
  const tooMuch = ([0, 1] as const).some((axis) => Math.max(window.before[axis], window.after[axis]) >= spanOf(window, axis));
  if (tooMuch)
    throw new Error(`${who}: expected less padding than a window is wide, else it lies on padding alone, got ${JSON.stringify(options)}`);
  return window;
}
