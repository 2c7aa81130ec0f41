/** Gradients of convolutions, and transposed convolutions, with explicit padding: TensorFlow takes it, tfjs-node does not. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Device, OpAttribute } from '../operations/device';
import type { Repairs } from './repair';

type Attributes = {
  readonly strides: number;
  readonly pad: 'valid' | 'same' | number;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor';
  readonly inputShape: [number, number, number, number];
  readonly filterShape: [number, number, number, number];
};

export const transposedConvolution: Repairs = {
  Conv2DBackpropInput: ({ dy, filter }, attributes, stock, device) => {
    const { inputShape } = attributes as Attributes;
    const explicit = explicitPadding(attributes as Attributes, inputShape, filter!.shape, device);
    if (!explicit) return stock();
    return device.one('Conv2DBackpropInput', explicit, [tf.tensor1d(inputShape, 'int32'), filter!, dy!]);
  },
  Conv2DBackpropFilter: ({ x, dy }, attributes, stock, device) => {
    const { filterShape } = attributes as Attributes;
    const explicit = explicitPadding(attributes as Attributes, x!.shape, filterShape, device);
    if (!explicit) return stock();
    return device.one('Conv2DBackpropFilter', explicit, [x!, tf.tensor1d(filterShape, 'int32'), dy!]);
  },
};

function explicitPadding(
  { strides, pad, dataFormat, dimRoundingMode }: Attributes,
  image: Tensor['shape'],
  filter: Tensor['shape'],
  { type, int, text }: Device,
): OpAttribute[] | undefined {
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  type Shape = [number, number, number, number];
  const info = tf.backend_util.computeConv2DInfo(image as Shape, filter as Shape, strides, 1, pad, dimRoundingMode, false, format);
  const { padInfo, strideHeight, strideWidth } = info;
  if (dataFormat !== 'NHWC' || padInfo.type === 'VALID' || padInfo.type === 'SAME') return undefined;
  return [
    type('T'),
    int('strides', [1, strideHeight, strideWidth, 1]),
    text('padding', 'EXPLICIT'),
    int('explicit_paddings', [0, 0, padInfo.top, padInfo.bottom, padInfo.left, padInfo.right, 0, 0]),
    text('data_format', dataFormat),
    int('dilations', [1, 1, 1, 1]),
  ];
}
