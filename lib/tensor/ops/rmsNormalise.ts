/** RMS norm (Zhang and Sennrich 2019, arXiv:1910.07467): layer norm without a mean and without a shift. */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const rmsNormOp = operation({
  name: 'FoveaRmsNorm',
  plain: ({ x, scale }, { epsilon }) => {
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x!), -1, true), epsilon as number));
    return [tf.mul(tf.mul(x!, inverse), scale!), inverse];
  },
  gradient: ([dy], { inputs: { x, scale }, outputs: [, inverse] }) => {
    const all = rmsNormGradOp({ dy: dy!, x: x!, scale: scale!, inverse: inverse! });
    return { x: all[0]!, scale: all[1]! };
  },
});
const rmsNormGradOp = operation({
  name: 'FoveaRmsNormGrad',
  plain: ({ dy, x, scale, inverse }) => {
    const normalised = tf.mul(x!, inverse!);
    const product = tf.mul(dy!, normalised);
    const along = tf.mul(tf.sum(tf.mul(product, scale!), -1, true), 1 / scale!.size);
    const dx = tf.mul(inverse!, tf.sub(tf.mul(dy!, scale!), tf.mul(normalised, along)));
    return [dx, tf.sum(tf.reshape(product, [-1, scale!.size]), 0)];
  },
});

/** RMS norm over the last axis, any rank: y = scale x / sqrt(mean(x^2) + epsilon). */
export const rmsNormalise = <R extends Rank>(x: Tensor<R>, scale: Tensor1D, epsilon: number): Tensor<R> =>
  rmsNormOp({ x, scale }, { epsilon })[0]! as Tensor<R>;
