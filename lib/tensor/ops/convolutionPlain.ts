/**
 * Convolution and its two gradients in stock tfjs, for any stride, dilation, padding and number of groups. Each gradient is
 * again a convolution without padding:
 *
 *   dx = convolve(spread(dy), turned filter)        the filter turned by half, from and to exchanged; spread: stride - 1 zeros between
 *   dW = convolve(x as 'c h w b', dy as 'h w b to')   dilated by the stride, striding by the dilation
 *
 * tfjs takes a stride or a dilation, not both, and not every backend a dilation of each channel by itself: there the filter is
 * spread instead of dilated.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { fit, spanOf, spread, type Two, unfit, type Window } from './padding';

/** The filter is 'kh kw from/groups to'; the channels of a group follow each other. */
export type Convolution = Window & { groups: number };

const one: Two = [1, 1];
const isOne = (pair: Two): boolean => pair[0] === 1 && pair[1] === 1;
const isDepthwise = (groups: number, from: number): boolean => groups > 1 && groups === from;

export const plainConvolve = (x: Tensor, filter: Tensor, attributes: Convolution): Tensor => {
  const { strides, dilations, groups } = attributes;
  return valid(fit(x, attributes), filter as Tensor4D, strides, dilations, groups);
};

export function plainInputGradient(dy: Tensor, filter: Tensor, attributes: Convolution): Tensor {
  const { strides, dilations, groups } = attributes;
  const around = [0, 1].map((axis) => spanOf(attributes, axis as 0 | 1) - 1) as Two;
  const wide = tf.pad(spread(dy as Tensor4D, strides), [[0, 0], [around[0], around[0]], [around[1], around[1]], [0, 0]]); // biome-ignore format: rows
  const turned = tf.reverse(filter, [0, 1]) as Tensor4D;
  const [from, to] = [filter.shape[2]! * groups, filter.shape[3]!];
  if (isDepthwise(groups, from)) {
    const each = valid(wide, turned, one, dilations, to);
    const [b, h, w] = each.shape;
    return unfit(tf.sum(tf.reshape(each, [b, h, w, from, to / from]), -1), attributes);
  }
  const parts = tf.split(turned, groups, 3).map((part) => tf.transpose(part, [0, 1, 3, 2])); // a group each: kh kw to/groups from/groups
  return unfit(valid(wide, tf.concat(parts, 3) as Tensor4D, one, dilations, groups), attributes);
}

export function plainFilterGradient(x: Tensor, dy: Tensor, attributes: Convolution): Tensor {
  const { strides, dilations, groups, kernel, output } = attributes;
  const covered = fit(x, attributes);
  const [b, , , from] = covered.shape;
  const to = dy.shape[3]!;
  if (isDepthwise(groups, from)) {
    const mine = tf.reshape(dy, [-1, from, to / from]);
    const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, index) => {
      const [top, left] = [Math.floor(index / kernel[1]) * dilations[0], (index % kernel[1]) * dilations[1]];
      const end = [b, top + (output[0] - 1) * strides[0] + 1, left + (output[1] - 1) * strides[1] + 1, from];
      const seen = tf.stridedSlice(covered, [0, top, left, 0], end, [1, ...strides, 1]);
      return tf.sum(tf.mul(tf.reshape(seen, [-1, from, 1]), mine), 0); // from multiplier
    });
    return tf.reshape(tf.stack(taps), [...kernel, 1, to]);
  }
  const gradients = dy as Tensor4D;
  const parts = zipGroups(tf.split(covered, groups, 3), tf.split(gradients, groups, 3), (images, slopes) => {
    const filter = tf.transpose(slopes, [1, 2, 0, 3]) as Tensor4D; // h w b to
    const swapped = valid(tf.transpose(images, [3, 1, 2, 0]) as Tensor4D, filter, dilations, strides, 1); // from kh kw to
    return tf.transpose(swapped, [1, 2, 0, 3]);
  });
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 3);
}

/** Without padding, every row and column of `x` in use. */
function valid(x: Tensor4D, filter: Tensor4D, strides: Two, dilations: Two, groups: number): Tensor4D {
  const [kh, kw, from, to] = filter.shape;
  const depthwise = isDepthwise(groups, x.shape[3]);
  if (!isOne(dilations) && (depthwise || !isOne(strides))) {
    const wide = spread(tf.reshape(filter, [1, kh, kw, from * to]), dilations);
    return valid(x, tf.reshape(wide, [wide.shape[1], wide.shape[2], from, to]), strides, one, groups);
  }
  if (groups === 1) return tf.conv2d(x, filter, strides, 'valid', 'NHWC', dilations);
  if (depthwise) return tf.depthwiseConv2d(x, tf.reshape(filter, [kh, kw, groups, to / groups]), strides, 'valid', 'NHWC', dilations);
  const parts = zipGroups(tf.split(x, groups, 3), tf.split(filter, groups, 3), (image, part) =>
    valid(image as Tensor4D, part as Tensor4D, strides, dilations, 1),
  );
  return tf.concat(parts, 3) as Tensor4D;
}

const zipGroups = <T extends Tensor>(left: readonly T[], right: readonly T[], body: (left: T, right: T) => Tensor): Tensor[] =>
  left.map((each, index) => body(each, right[index]!));
