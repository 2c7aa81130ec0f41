/**
 * Convolution and transposed convolution, with groups, strides, dilations and any padding, trainable in all of them. Stock
 * tfjs has no gradient with a dilation, with explicit padding or on groups.
 *
 *   y[i, o] = sum over u, c of x[i s + u d - before, c] W[u, c, o]
 *
 * Convolution, its gradient by the image (the transposed convolution) and its gradient by the filter are each linear in both
 * inputs, and each other's gradients.
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { type Attributes, type Operation, operation } from '../operation';
import { type Convolution, plainConvolve, plainFilterGradient, plainInputGradient } from './convolutionPlain';
import { checkedWindow, type Padding, type Pair, spanOf, type Two, two, windowOver } from './padding';

const of = (attributes: Attributes): Convolution => attributes as unknown as Convolution;

const convolveOp: Operation = operation({
  name: 'FoveaConvolve',
  plain: ({ x, filter }, attributes) => [plainConvolve(x!, filter!, of(attributes))],
  gradient: ([dy], { inputs: { x, filter } }, attributes) => ({
    x: () => inputGradientOp({ dy: dy!, filter: filter! }, attributes)[0]!,
    filter: () => filterGradientOp({ x: x!, dy: dy! }, attributes)[0]!,
  }),
});
const inputGradientOp: Operation = operation({
  name: 'FoveaConvolveInputGrad',
  plain: ({ dy, filter }, attributes) => [plainInputGradient(dy!, filter!, of(attributes))],
  gradient: ([dx], { inputs: { dy, filter } }, attributes) => ({
    dy: () => convolveOp({ x: dx!, filter: filter! }, attributes)[0]!,
    filter: () => filterGradientOp({ x: dx!, dy: dy! }, attributes)[0]!,
  }),
});
const filterGradientOp: Operation = operation({
  name: 'FoveaConvolveFilterGrad',
  plain: ({ x, dy }, attributes) => [plainFilterGradient(x!, dy!, of(attributes))],
  gradient: ([dfilter], { inputs: { x, dy } }, attributes) => ({
    x: () => inputGradientOp({ dy: dy!, filter: dfilter! }, attributes)[0]!,
    dy: () => convolveOp({ x: x!, filter: dfilter! }, attributes)[0]!,
  }),
});

export type ConvolveOptions = { stride?: Pair; padding?: Padding; dilation?: Pair; groups?: number };

/**
 * Convolution of images 'b h w from' by a filter 'kh kw from/groups to' -> 'b h w to'. The channels of a group follow each
 * other, in both; groups = from is a depthwise convolution, output channel c m + j from input channel c, as in PyTorch.
 */
export function convolve(x: Tensor4D, filter: Tensor4D, options: ConvolveOptions = {}): Tensor4D {
  const { groups = 1, ...rest } = options;
  const { h, w, c } = sizes(x, 'b h w c');
  const { kh, kw, from, to } = sizes(filter, 'kh kw from to');
  checkGroups('convolve', groups, from * groups, to);
  if (c !== from * groups)
    throw new Error(`convolve: expected images of ${from * groups} channels (${groups} groups of ${from}), got ${c}`);
  const window = windowOver('convolve', [h, w], { kernel: [kh, kw], ...rest });
  return convolveOp({ x, filter }, { ...window, groups })[0]! as Tensor4D;
}

/** 'b h w c' by a filter 'kh kw c multiplier' -> 'b h w (c multiplier)': each channel by filters of its own. */
export function convolveDepthwise(x: Tensor4D, filter: Tensor4D, options: Omit<ConvolveOptions, 'groups'> = {}): Tensor4D {
  const { kh, kw, c, multiplier } = sizes(filter, 'kh kw c multiplier');
  return convolve(x, tf.reshape(filter, [kh, kw, 1, c * multiplier]), { ...options, groups: c });
}

export type ConvolveTransposedOptions = ConvolveOptions & { outputPadding?: Pair };

/**
 * Transposed convolution of images 'b h w from' by a filter 'kh kw to/groups from' -> 'b h w to': what the gradient of a
 * convolution from `to` to `from` channels does to an image. Along an axis of n positions it gives
 *
 *   (n - 1) s - before - after + (k - 1) d + 1 + outputPadding        with 'same': n s
 */
export function convolveTransposed(x: Tensor4D, filter: Tensor4D, options: ConvolveTransposedOptions = {}): Tensor4D {
  const { groups = 1, outputPadding = 0, ...rest } = options;
  const who = 'convolveTransposed';
  const { h, w, c } = sizes(x, 'b h w c');
  const { kh, kw, from } = sizes(filter, 'kh kw to from');
  checkGroups(who, groups, from, from);
  if (c !== from) throw new Error(`${who}: expected images of ${from} channels, got ${c}`);
  const { kernel, strides, dilations, sides } = checkedWindow(who, { kernel: [kh, kw], ...rest });
  const extra = two(outputPadding);
  const output: Two = [h, w];
  const input = output.map((n, axis) => {
    const span = spanOf({ kernel, dilations }, axis as 0 | 1);
    const [stride, more] = [strides[axis]!, extra[axis]!];
    if (!Number.isInteger(more) || more < 0 || more >= Math.max(stride, dilations[axis]!))
      throw new Error(`${who}: expected outputPadding to be whole, from 0, below stride or dilation, got ${JSON.stringify(outputPadding)}`);
    if (sides === 'same') return n * stride + more;
    const size = (n - 1) * stride - sides[axis]![0] - sides[axis]![1] + span + more;
    if (size < 1) throw new Error(`${who}: expected an output of at least one position, got ${size}: use less padding`);
    return size;
  }) as Two;
  const before = output.map((n, axis) =>
    sides === 'same'
      ? Math.floor(Math.max(0, (n - 1) * strides[axis]! + spanOf({ kernel, dilations }, axis as 0 | 1) - n * strides[axis]!) / 2)
      : sides[axis]![0],
  ) as Two;
  const window = { kernel, strides, dilations, before, after: before, input, output };
  return inputGradientOp({ dy: x, filter }, { ...window, groups })[0]! as Tensor4D;
}

function checkGroups(who: string, groups: number, from: number, to: number): void {
  if (Number.isInteger(groups) && groups >= 1 && from % groups === 0 && to % groups === 0) return;
  throw new Error(`${who}: expected groups that divide the channels, ${from} in and ${to} out, got ${groups}`);
}
