/**
 * Pooling with other padding than 'same' and 'valid', which tfjs-node refuses: the image is padded first, with -infinity for
 * the maximum; the average leaves the padding out, as tfjs does everywhere.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Device, OpAttribute } from '../operations/device';
import type { Repair, Repairs } from './repair';

type Pads = { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
type Window = { readonly attributes: readonly OpAttribute[]; readonly pads: Pads };

export const pooling: Repairs = {
  MaxPool: padded(({ x }, { attributes, pads }, { one }) => one('MaxPool', attributes, [around(x!, pads, Number.NEGATIVE_INFINITY)])),
  MaxPoolGrad: padded(({ dy, input, output }, { attributes, pads }, { one }) =>
    inside(one('MaxPoolGrad', attributes, [around(input!, pads, Number.NEGATIVE_INFINITY), output!, dy!]), pads, input!),
  ),
  AvgPool: padded(({ x }, window, device) => tf.div(average(x!, window, device), share(x!, window, device))),
  AvgPoolGrad: padded(({ dy, input }, window, device) => {
    const { attributes, pads } = window;
    const shape = tf.tensor1d(around(input!, pads, 0).shape, 'int32');
    return inside(device.one('AvgPoolGrad', attributes, [shape, tf.div(dy!, share(input!, window, device))]), pads, input!);
  }),
};

const average = (x: Tensor, { attributes, pads }: Window, { one }: Device): Tensor => one('AvgPool', attributes, [around(x, pads, 0)]);
/** Which share of each window lies on the image. */
const share = (x: Tensor, window: Window, device: Device): Tensor => average(tf.onesLike(x), window, device);

type Body = (inputs: Readonly<Record<string, Tensor>>, window: Window, device: Device) => Tensor;

function padded(body: Body): Repair {
  return (inputs, attributes, stock, device) => {
    const { filterSize, strides, pad, dimRoundingMode } = attributes as {
      filterSize: number;
      strides: number;
      pad: number;
      dimRoundingMode?: 'floor';
    };
    const image = (inputs['x'] ?? inputs['input']) as Tensor4D;
    const info = tf.backend_util.computePool2DInfo(image.shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (info.padInfo.type === 'VALID' || info.padInfo.type === 'SAME') return stock();
    const { top, left } = info.padInfo;
    const pads = {
      top,
      left,
      bottom: (info.outHeight - 1) * info.strideHeight + info.filterHeight - info.inHeight - top,
      right: (info.outWidth - 1) * info.strideWidth + info.filterWidth - info.inWidth - left,
    };
    const { type, int, text } = device;
    const window = [
      type('T'),
      int('ksize', [1, info.filterHeight, info.filterWidth, 1]),
      int('strides', [1, info.strideHeight, info.strideWidth, 1]),
      text('padding', 'VALID'),
      text('data_format', 'NHWC'),
    ];
    return body(inputs, { attributes: window, pads }, device);
  };
}

/** The image with its padding; what no window reaches below or on the right is cut off. */
function around(x: Tensor, { top, left, bottom, right }: Pads, value: number): Tensor {
  const [b, h, w, c] = x.shape as [number, number, number, number];
  const reached = tf.slice(x as Tensor4D, [0, 0, 0, 0], [b, h + Math.min(0, bottom), w + Math.min(0, right), c]);
  return tf.pad(
    reached,
    [
      [0, 0],
      [top, Math.max(0, bottom)],
      [left, Math.max(0, right)],
      [0, 0],
    ],
    value,
  );
}

/** The gradient of `around`. */
function inside(dx: Tensor, { top, left, bottom, right }: Pads, x: Tensor): Tensor {
  const [b, h, w, c] = x.shape as [number, number, number, number];
  const reached = tf.slice(dx as Tensor4D, [0, top, left, 0], [b, h + Math.min(0, bottom), w + Math.min(0, right), c]);
  return tf.pad(reached, [
    [0, 0],
    [0, Math.max(0, -bottom)],
    [0, Math.max(0, -right)],
    [0, 0],
  ]);
}
