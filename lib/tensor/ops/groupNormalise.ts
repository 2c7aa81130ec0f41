/**
 * Group norm. Mean and slope of a group are put together from those of its channels, which one pass over memory each gives;
 * with one channel a group it is instance norm, with one group a layer norm over the whole image.
 */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

/** Seen as images, positions, channels. */
const flat = (x: Tensor): Tensor => tf.reshape(x, [x.shape[0]!, -1, x.shape.at(-1)!]);

/** For each channel, b 1 c, the mean over its group of what the channels have. */
function overGroup(channels: Tensor, groups: number): Tensor {
  const [b, , c] = channels.shape as [number, number, number];
  const mean = tf.mean(tf.reshape(channels, [b, groups, c / groups]), 2, true);
  return tf.reshape(tf.tile(mean, [1, 1, c / groups]), [b, 1, c]);
}

const groupNormOp = operation({
  name: 'FoveaGroupNorm',
  plain: ({ x, scale, shift }, { groups, epsilon }) => {
    const all = flat(x!);
    const mean = overGroup(tf.mean(all, 1, true), groups as number);
    const variance = overGroup(tf.mean(tf.squaredDifference(all, mean), 1, true), groups as number);
    const inverse = tf.rsqrt(tf.add(variance, epsilon as number));
    const factor = tf.mul(inverse, scale!);
    const y = tf.add(tf.mul(all, factor), tf.sub(shift!, tf.mul(mean, factor)));
    return [tf.reshape(y, x!.shape), mean, inverse];
  },
  gradient: ([dy], { inputs: { x, scale }, outputs: [, mean, inverse] }, attributes) => {
    const all = groupNormGradOp({ dy: dy!, x: x!, scale: scale!, mean: mean!, inverse: inverse! }, attributes);
    return { x: all[0]!, scale: all[1]!, shift: all[2]! };
  },
});
const groupNormGradOp = operation({
  name: 'FoveaGroupNormGrad',
  plain: ({ dy, x, scale, mean, inverse }, { groups }) => {
    const [all, slope] = [flat(x!), flat(dy!)];
    const centred = tf.sub(all, mean!);
    const positions = all.shape[1]!;
    const along = tf.mul(tf.sum(tf.mul(slope, centred), 1, true), inverse!); // b 1 c: sum of dy times what is normalised
    const total = tf.sum(slope, 1, true);
    const sideways = overGroup(tf.mul(tf.mul(along, scale!), 1 / positions), groups as number);
    const level = overGroup(tf.mul(tf.mul(total, scale!), 1 / positions), groups as number);
    const dx = tf.sub(
      tf.mul(slope, tf.mul(inverse!, scale!)),
      tf.add(tf.mul(centred, tf.mul(tf.square(inverse!), sideways)), tf.mul(inverse!, level)),
    );
    return [tf.reshape(dx, x!.shape), tf.sum(along, [0, 1]), tf.sum(total, [0, 1])];
  },
});

/**
 * Group norm (Wu and He 2018, arXiv:1803.08494), 'b ... c', the channels in `groups` groups of neighbours; by itself for each
 * image: y = scale (x - mean) / sqrt(variance + epsilon) + shift, mean and biased variance over positions and group.
 */
export function groupNormalise<R extends Rank>(x: Tensor<R>, groups: number, scale: Tensor1D, shift: Tensor1D, epsilon: number): Tensor<R> {
  const c = x.shape.at(-1) ?? 0;
  if (x.rank < 2 || !Number.isInteger(groups) || groups < 1 || c % groups !== 0) {
    throw new Error(`groupNormalise: expected 'b ... c' and a number of groups that divides c, got shape [${x.shape}], groups=${groups}`);
  }
  return groupNormOp({ x, scale, shift }, { groups, epsilon })[0]! as Tensor<R>;
}

/** Instance norm (Ulyanov et al. 2016, arXiv:1607.08022): each channel of each image by itself; group norm with one channel a group. */
export const instanceNormalise = <R extends Rank>(x: Tensor<R>, scale: Tensor1D, shift: Tensor1D, epsilon: number): Tensor<R> =>
  groupNormalise(x, scale.size, scale, shift, epsilon);
