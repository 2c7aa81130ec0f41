/** Layer norm. The gradient of stock tfjs loops once for each row. */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

/** Outputs: y, and by row the mean and 1 / sqrt(variance + epsilon). */
const layerNormOp = operation({
  name: 'FoveaLayerNorm',
  plain: ({ x, scale, shift }, { epsilon }) => {
    const mean = tf.mean(x!, -1, true);
    const centred = tf.sub(x!, mean);
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon as number));
    const y = tf.add(tf.mul(tf.mul(centred, inverse), scale!), shift!);
    return [y, tf.squeeze(mean, [-1]), tf.squeeze(inverse, [-1])];
  },
  gradient: ([dy], { inputs: { x, scale }, outputs: [, mean, inverse] }) => {
    const [dx, dscale, dshift] = layerNormGradOp({ dy: dy!, x: x!, scale: scale!, mean: mean!, inverse: inverse! });
    return { x: dx!, scale: dscale!, shift: dshift! };
  },
});
const layerNormGradOp = operation({
  name: 'FoveaLayerNormGrad',
  plain: ({ dy, x, scale, mean, inverse }) => {
    const factor = tf.expandDims(inverse!, -1);
    const normalised = tf.mul(tf.sub(x!, tf.expandDims(mean!, -1)), factor);
    const slope = tf.mul(dy!, scale!);
    const along = tf.mean(tf.mul(slope, normalised), -1, true);
    const dx = tf.mul(factor, tf.sub(tf.sub(slope, tf.mean(slope, -1, true)), tf.mul(normalised, along)));
    const overRows = (value: Tensor): Tensor => tf.sum(tf.reshape(value, [-1, scale!.size]), 0);
    return [dx, overRows(tf.mul(dy!, normalised)), overRows(dy!)];
  },
});

/** Layer norm over the last axis, any rank: y = scale (x - mean) / sqrt(variance + epsilon) + shift, biased variance. */
export const layerNormalise = <R extends Rank>(x: Tensor<R>, scale: Tensor1D, shift: Tensor1D, epsilon: number): Tensor<R> =>
  layerNormOp({ x, scale, shift }, { epsilon })[0]! as Tensor<R>;
