/** Batch norm while training. Stock tfjs needs some thirty passes over memory for what TensorFlow does in two. */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const batchNormOp = operation({
  name: 'FoveaBatchNorm',
  plain: ({ x, scale, shift }, { epsilon }) => {
    const axes = [0, 1, 2];
    const count = x!.size / x!.shape[3]!;
    const mean = tf.mean(x!, axes);
    const centred = tf.sub(x!, mean);
    const variance = tf.mean(tf.square(centred), axes);
    const inverse = tf.rsqrt(tf.add(variance, epsilon as number));
    const y = tf.add(tf.mul(centred, tf.mul(inverse, scale!)), shift!);
    return [y, mean, tf.mul(variance, count / Math.max(1, count - 1)), mean, inverse, inverse];
  },
  gradient: ([dy], { inputs: { x, scale }, outputs: [, , , saved1, saved2, saved3] }, { epsilon }) => {
    const all = batchNormGradOp(
      { dy: dy!, x: x!, scale: scale!, saved1: saved1!, saved2: saved2!, saved3: saved3! },
      { epsilon: epsilon as number },
    );
    return { x: all[0]!, scale: all[1]!, shift: all[2]! };
  },
});
const batchNormGradOp = operation({
  name: 'FoveaBatchNormGrad',
  plain: ({ dy, x, scale, saved1: mean, saved2: inverse }) => {
    const axes = [0, 1, 2];
    const normalised = tf.mul(tf.sub(x!, mean!), inverse!);
    const shift = tf.sum(dy!, axes);
    const slope = tf.sum(tf.mul(dy!, normalised), axes);
    const count = x!.size / x!.shape[3]!;
    const inner = tf.sub(dy!, tf.div(tf.add(shift, tf.mul(normalised, slope)), count));
    return [tf.mul(inner, tf.mul(inverse!, scale!)), slope, shift];
  },
});

/**
 * Batch norm of a training batch over b, h, w: y = scale (x - mean) / sqrt(variance + epsilon) + shift. Also returns the
 * mean and the unbiased variance (times n / (n - 1)), which running statistics are made of.
 */
export function batchNormalise(
  x: Tensor4D,
  scale: Tensor1D,
  shift: Tensor1D,
  epsilon: number,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const [y, mean, variance] = batchNormOp({ x, scale, shift }, { epsilon });
  return { y: y as Tensor4D, mean: mean as Tensor1D, variance: variance as Tensor1D };
}
