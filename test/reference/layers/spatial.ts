/** Convolutions, pools, resizing, unfolding and linear layers of the reference. */
import * as tf from '@tensorflow/tfjs-core';
import { adaptiveAvgPool2d, adaptiveMaxPool2d } from '../../../lib/layers/adaptivePool2d';
import { avgPool2d } from '../../../lib/layers/avgPool2d';
import { conv1d } from '../../../lib/layers/conv1d';
import { conv2d } from '../../../lib/layers/conv2d';
import { convTranspose2d } from '../../../lib/layers/convTranspose2d';
import { depthwiseConv } from '../../../lib/layers/depthwiseConv';
import { linear, projection } from '../../../lib/layers/linear';
import { maxPool2d } from '../../../lib/layers/maxPool2d';
import { evaluation, type Module, type NoParams } from '../../../lib/tensor/module';
import { type ResizeMode, resize, unfold } from '../../../lib/tensor/ops';
import { hwio, inOut, nhwc } from '../fixture';
import { type Arguments, type Builder, type Builders, pair, type Tensors } from './builder';

type Numbers = number | readonly number[];
type Two = [number, number];

const nchw = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [0, 3, 1, 2]);
const image = (at: Tensors): tf.Tensor4D => nhwc(at['input']!);
const biasOf = (at: Tensors): { bias?: tf.Tensor1D } => (at['param.bias'] ? { bias: at['param.bias'] as tf.Tensor1D } : {});

/** Padding as PyTorch names it: a number or two, on both sides; 'same' and 'valid' are words there too. */
const padding = (given: Numbers | 'same' | 'valid' | undefined): 'same' | 'valid' | Two =>
  typeof given === 'string' ? given : pair(given ?? 0);

/** The window's arguments, by the name of the module's argument or the letter that stands for it. */
function windowOf(args: Arguments): { kernel: Two; stride?: Two; padding: 'same' | 'valid' | Two; dilation: Two } {
  const kernel = args.take<Numbers>('k', 'kernel_size', 'kernel')!;
  const stride = args.take<Numbers>('s', 'stride');
  const around = args.take<Numbers | 'same' | 'valid'>('p', 'padding');
  const dilation = args.take<Numbers>('d', 'dilation') ?? 1;
  return {
    kernel: pair(kernel),
    ...(stride !== undefined && { stride: pair(stride) }),
    padding: padding(around),
    dilation: pair(dilation),
  };
}

/** Channels, groups and bias are also in the shapes of the parameters, and read from there. */
function channelsRead(args: Arguments): { groups: number | undefined; multiplier: number | undefined } {
  args.take('out', 'out_channels', 'in_channels');
  args.take('bias');
  return { groups: args.take<number>('g', 'groups'), multiplier: args.take<number>('mult') };
}

const conv2dOf: Builder = (args) => {
  const window = windowOf(args);
  const { groups = 1, multiplier } = channelsRead(args);
  return (at) => {
    const x = image(at);
    const from = x.shape[3];
    const weight = at['param.weight']!;
    const [to, , kh, kw] = weight.shape as [number, number, number, number];
    if (multiplier !== undefined) {
      const own = tf.transpose(tf.reshape(weight, [from, multiplier, kh, kw]), [2, 3, 0, 1]) as tf.Tensor4D;
      const module = depthwiseConv({ dim: from, multiplier, ...window });
      return { output: nchw(module.forward({ weight: own, ...biasOf(at) }, x, evaluation)) };
    }
    return { output: nchw(conv2d({ from, to, groups, ...window }).forward({ weight: hwio(weight), ...biasOf(at) }, x, evaluation)) };
  };
};

const conv1dOf: Builder = (args) => {
  const first = (value: Two | 'same' | 'valid'): number | 'same' | 'valid' => (typeof value === 'string' ? value : value[0]);
  const { kernel, stride = [1, 1], padding, dilation } = windowOf(args);
  const { groups = 1 } = channelsRead(args);
  const options = { kernel: kernel[0], stride: stride[0], padding: first(padding), dilation: dilation[0], groups };
  return (at) => {
    const x = tf.transpose(at['input'] as tf.Tensor3D, [0, 2, 1]);
    const weight = tf.transpose(at['param.weight'] as tf.Tensor3D, [2, 1, 0]);
    const module = conv1d({ from: x.shape[2], to: weight.shape[2], ...options });
    return { output: tf.transpose(module.forward({ weight, ...biasOf(at) }, x, evaluation), [0, 2, 1]) };
  };
};

const convTranspose2dOf: Builder = (args) => {
  const window = windowOf(args);
  const outputPadding = pair(args.take<Numbers>('output_padding', 'op') ?? 0);
  const { groups = 1 } = channelsRead(args);
  return (at) => {
    const x = image(at);
    const weight = hwio(at['param.weight']!); // (in, out, kh, kw) to kh kw out in
    const module = convTranspose2d({ from: x.shape[3], to: weight.shape[2] * groups, groups, outputPadding, ...window });
    return { output: nchw(module.forward({ weight, ...biasOf(at) }, x, evaluation)) };
  };
};

const linearOf: Builder = (args) => {
  args.take('out', 'out_features', 'in_features');
  args.take('bias');
  return (at) => {
    const x = at['input']!;
    const weight = inOut(at['param.weight']!);
    const [from, to] = weight.shape;
    const rows = tf.reshape(x, [-1, from]) as tf.Tensor2D;
    const bias = at['param.bias'] as tf.Tensor1D | undefined;
    const y = bias
      ? linear({ from, to }).forward({ weight, bias }, rows, evaluation)
      : projection({ from, to }).forward({ weight }, rows, evaluation);
    return { output: tf.reshape(y, [...x.shape.slice(0, -1), to]) };
  };
};

/** The arguments fix a module without parameters on images. */
const pool =
  (make: (args: Arguments) => (x: tf.Tensor4D) => Module<NoParams, tf.Tensor4D, tf.Tensor4D>): Builder =>
  (args) => {
    const module = make(args);
    return (at) => {
      const x = image(at);
      return { output: nchw(module(x).forward({}, x, evaluation)) };
    };
  };
const whetherCeil = (args: Arguments): boolean => args.take<boolean>('ceil', 'ceil_mode') ?? false;

/** Bins by axis; what is not given stays as it is. */
const adaptive = (make: typeof adaptiveAvgPool2d): Builder =>
  pool((args) => {
    const size = args.take<number | readonly (number | null)[]>('out', 'output_size')!;
    const [rows, columns] = typeof size === 'number' ? [size, size] : size;
    return (x) => make({ size: [rows ?? x.shape[1], columns ?? x.shape[2]] });
  });

const resizeOf: Builder = (args) => {
  const size = args.take<Numbers>('out', 'size');
  const scale = args.take<Numbers>('scale', 'scale_factor');
  const mode = (args.take<string>('mode') ?? 'nearest').replace('nearest-exact', 'nearestExact') as ResizeMode;
  const alignCorners = args.take<boolean>('ac', 'align_corners') ?? false;
  return (at) => {
    const x = image(at);
    const [h, w] = [x.shape[1], x.shape[2]];
    const target = size === undefined ? pair(scale!).map((factor, axis) => factor * [h, w][axis]!) : pair(size);
    return { output: nchw(resize(x, target as Two, { mode, alignCorners })) };
  };
};

const unfoldOf: Builder = (args) => {
  const window = windowOf(args);
  return (at) => {
    const patches = unfold(image(at), window); // b i j places c
    const [b, i, j, places, c] = patches.shape;
    return { output: tf.reshape(tf.transpose(patches, [0, 4, 3, 1, 2]), [b, c * places, i * j]) };
  };
};

export const spatial: Builders = {
  AdaptiveAvgPool2d: adaptive(adaptiveAvgPool2d),
  AdaptiveMaxPool2d: adaptive(adaptiveMaxPool2d),
  AvgPool2d: pool((args) => {
    const { dilation: _, ...window } = windowOf(args);
    const options = { ...window, ceil: whetherCeil(args), includePadding: args.take<boolean>('cip', 'count_include_pad') ?? true };
    return () => avgPool2d(options);
  }),
  Conv1d: conv1dOf,
  Conv2d: conv2dOf,
  ConvTranspose2d: convTranspose2dOf,
  interpolate: resizeOf,
  Linear: linearOf,
  MaxPool2d: pool((args) => {
    const options = { ...windowOf(args), ceil: whetherCeil(args) };
    return () => maxPool2d(options);
  }),
  Unfold: unfoldOf,
};
