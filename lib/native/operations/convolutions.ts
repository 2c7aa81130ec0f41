/**
 * Convolutions by TensorFlow's own kernels, also with groups and dilations, which oneDNN differentiates too. Without oneDNN
 * (switched off, or another processor) TensorFlow's gradients take neither, and the plain form serves.
 *
 * Kernels of ours where they win: 3 x 3 in tiles, few planes to one, and each channel by itself: its gradient by the filter (with
 * 7 x 7 a sixth of the time, and sums of images added in double) and with a dilation (a fifth).
 *
 * Padding other than 'same' is done beforehand: TensorFlow's gradients with explicit padding leave oneDNN and take twice
 * the time (measured: 21 and 32 ms against 14 and 12).
 */
import type { Attribute, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Convolution, plainFilterGradient, plainInputGradient } from '../../tensor/ops/convolutionPlain';
import { fit, reachOf, spanOf, unfit } from '../../tensor/ops/padding';
import type { Device, Kernels, OpAttribute } from './device';

export function convolutions({ one, type, int, text, bool, fused }: Device): Kernels {
  const oneDnn = process.arch === 'x64' && process.env['TF_ENABLE_ONEDNN_OPTS'] !== '0';
  const plainOnly = ({ groups, dilations }: Convolution): boolean => !oneDnn && (groups > 1 || dilations.some((size) => size > 1));
  const settings = ({ strides, dilations }: Convolution, padding: 'SAME' | 'VALID'): OpAttribute[] => [
    type('T'),
    int('strides', [1, ...strides, 1]),
    int('dilations', [1, ...dilations, 1]),
    text('padding', padding),
    text('data_format', 'NHWC'),
  ];
  const named = (name: string, [down, across]: readonly number[]): OpAttribute[] => [
    int(`${name}Down`, down!),
    int(`${name}Across`, across!),
  ];
  const depthwise = (convolution: Convolution, x: Tensor, filter: Tensor, turned: boolean): Tensor => {
    const { dilations, before } = convolution;
    // turned by half, a window begins as far before its centre as it ended after it
    const [top, left] = turned ? before.map((size, axis) => spanOf(convolution, axis as 0 | 1) - 1 - size) : before;
    return one(
      'FoveaDepthwise',
      [...named('dilation', dilations), int('top', top!), int('left', left!), bool('turned', turned)],
      [x, filter],
    );
  };
  const shape = (sizes: readonly number[]): Tensor => tf.tensor1d([...sizes], 'int32');

  return {
    FoveaConvolve: ({ x, filter }, attributes) => {
      const convolution = of(attributes);
      if (fused && isTiled(convolution, x!, filter!.shape[3]!)) return one('FoveaConvolve3x3', [], [x!, filter!]);
      if (fused && isToOne(convolution, filter!.shape)) return one('FoveaConvolveToOne', [], [x!, filter!]);
      if (fused && isDilatedDepthwise(convolution, filter!.shape)) return depthwise(convolution, x!, filter!, false);
      if (isSame(convolution)) return one('Conv2D', settings(convolution, 'SAME'), [x!, filter!]);
      return one('Conv2D', settings(convolution, 'VALID'), [fit(x!, convolution), filter!]);
    },
    FoveaConvolveInputGrad: ({ dy, filter }, attributes) => {
      const convolution = of(attributes);
      if (fused && isTiled(convolution, dy!, filter!.shape[2]!)) return one('FoveaConvolve3x3InputGrad', [], [dy!, filter!]);
      if (fused && isToOne(convolution, filter!.shape)) return one('FoveaConvolveToOneInputGrad', [], [dy!, filter!]);
      if (fused && isDilatedDepthwise(convolution, filter!.shape)) return depthwise(convolution, dy!, filter!, true);
      if (plainOnly(convolution)) return plainInputGradient(dy!, filter!, convolution);
      const { input, groups } = convolution;
      const [b, from] = [dy!.shape[0]!, filter!.shape[2]! * groups];
      const gradient = (size: readonly number[], padding: 'SAME' | 'VALID'): Tensor =>
        one('Conv2DBackpropInput', settings(convolution, padding), [shape([b, ...size, from]), filter!, dy!]);
      if (isSame(convolution)) return gradient(input, 'SAME');
      return unfit(gradient([reachOf(convolution, 0), reachOf(convolution, 1)], 'VALID'), convolution);
    },
    FoveaConvolveFilterGrad: ({ x, dy }, attributes) => {
      const convolution = of(attributes);
      if (fused && isTiled(convolution, x!, dy!.shape[3]!)) return one('FoveaConvolve3x3FilterGrad', [], [x!, dy!]);
      const { kernel, groups, strides, dilations, before } = convolution;
      const filter = [...kernel, x!.shape[3]! / groups, dy!.shape[3]!];
      if (fused && isToOne(convolution, filter)) return one('FoveaConvolveToOneFilterGrad', [], [x!, dy!, tf.zeros(filter)]);
      if (fused && isDepthwise(convolution, filter)) {
        const window = [...named('stride', strides), ...named('dilation', dilations), int('top', before[0]), int('left', before[1])];
        return one('FoveaDepthwiseFilterGrad', window, [x!, dy!, tf.zeros(filter)]);
      }
      if (plainOnly(convolution)) return plainFilterGradient(x!, dy!, convolution);
      const size = shape(filter);
      if (isSame(convolution)) return one('Conv2DBackpropFilter', settings(convolution, 'SAME'), [x!, size, dy!]);
      return one('Conv2DBackpropFilter', settings(convolution, 'VALID'), [fit(x!, convolution), size, dy!]);
    },
  };
}

const of = (attributes: Record<string, Attribute>): Convolution => attributes as unknown as Convolution;

/** Whether the kernel that computes tiles of 4 x 4 takes it, and there are tiles enough to be worth its transform of the filter. */
function isTiled({ kernel, strides, dilations, before, input, output, groups }: Convolution, images: Tensor, other: number): boolean {
  const [b, h, w, channels] = images.shape as [number, number, number, number];
  const tiles = b * Math.ceil(h / 4) * Math.ceil(w / 4);
  const both = (pair: readonly number[], value: number): boolean => pair.every((size) => size === value);
  const isPlain = groups === 1 && both(kernel, 3) && both(strides, 1) && both(dilations, 1) && both(before, 1);
  const isWide = channels % 16 === 0 && other % 16 === 0 && tiles >= Math.max(channels, other);
  return isPlain && isWide && input[0] === output[0] && input[1] === output[1];
}

/** Whether each channel has one filter of its own, 'kh kw 1 channels'. */
const isDepthwise = ({ groups }: Convolution, filter: readonly number[]): boolean => groups > 1 && filter[2] === 1 && filter[3] === groups;

/** The same with a dilation, where oneDNN is slow, at stride 1 and with padding that keeps the size. */
const isDilatedDepthwise = (convolution: Convolution, filter: readonly number[]): boolean => {
  const { strides, dilations, before, input, output } = convolution;
  const keeps = ([0, 1] as const).every(
    (axis) => strides[axis] === 1 && input[axis] === output[axis] && before[axis] < spanOf(convolution, axis),
  );
  return keeps && isDepthwise(convolution, filter) && dilations.some((size) => size > 1);
};

/** Whether few planes become one, and the image keeps its size. */
function isToOne({ kernel, strides, dilations, before, input, output, groups }: Convolution, filter: readonly number[]): boolean {
  const [down, across] = kernel;
  const isPlain = groups === 1 && down === across && down % 2 === 1 && [...strides, ...dilations].every((size) => size === 1);
  const keeps = input[0] === output[0] && input[1] === output[1] && before.every((size) => size === (down - 1) / 2);
  return isPlain && keeps && filter[2]! <= 4 && filter[3] === 1;
}

/** Whether the windows lie as TensorFlow's 'SAME' would put them. */
function isSame(convolution: Convolution): boolean {
  const { input, output, strides, before } = convolution;
  return [0, 1].every((axis) => {
    const [n, stride] = [input[axis]!, strides[axis]!];
    const total = Math.max(0, (output[axis]! - 1) * stride + spanOf(convolution, axis as 0 | 1) - n);
    return output[axis] === Math.ceil(n / stride) && before[axis] === Math.floor(total / 2);
  });
}
