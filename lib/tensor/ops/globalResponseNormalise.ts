/** Global response norm (Woo et al. 2023, ConvNeXt V2, arXiv:2301.00808): channels compete by their size over the whole image. */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

/** g_c / (mean_c g + epsilon). */
const sharesOf = (size: Tensor, epsilon: number): Tensor => tf.div(size, tf.add(tf.mean(size, -1, true), epsilon));

const responseNormOp = operation({
  name: 'FoveaGlobalResponseNorm',
  plain: ({ x, scale, shift }, { epsilon }) => {
    const size = tf.sqrt(tf.sum(tf.square(x!), [1, 2], true)); // b 1 1 c
    const factor = tf.add(tf.mul(sharesOf(size, epsilon as number), scale!), 1);
    return [tf.add(tf.mul(x!, factor), shift!), size];
  },
  gradient: ([dy], { inputs: { x, scale }, outputs: [, size] }, attributes) => {
    const all = responseNormGradOp({ dy: dy!, x: x!, scale: scale!, size: size! }, attributes);
    return { x: all[0]!, scale: all[1]!, shift: all[2]! };
  },
});
const responseNormGradOp = operation({
  name: 'FoveaGlobalResponseNormGrad',
  plain: ({ dy, x, scale, size }, { epsilon }) => {
    const shares = sharesOf(size!, epsilon as number);
    const along = tf.sum(tf.mul(dy!, x!), [1, 2], true); // b 1 1 c
    const perShare = tf.mul(along, scale!);
    const perSize = tf.div(
      tf.sub(perShare, tf.mean(tf.mul(perShare, shares), -1, true)),
      tf.add(tf.mean(size!, -1, true), epsilon as number),
    );
    const perValue = tf.divNoNan(perSize, size!); // a channel that is 0 everywhere has size 0 and, at that point, no slope
    const dx = tf.add(tf.mul(dy!, tf.add(tf.mul(shares, scale!), 1)), tf.mul(x!, perValue));
    return [dx, tf.sum(tf.mul(along, shares), [0, 1, 2]), tf.sum(dy!, [0, 1, 2])];
  },
});

/**
 * y = x + scale x n + shift, n_c = g_c / (mean over channels of g + epsilon), g_c = the Euclidean norm of channel c over the
 * grid; b h w c -> b h w c.
 */
export const globalResponseNormalise = (x: Tensor4D, scale: Tensor1D, shift: Tensor1D, epsilon: number): Tensor4D =>
  responseNormOp({ x, scale, shift }, { epsilon })[0]! as Tensor4D;
