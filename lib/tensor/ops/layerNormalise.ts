/** Layer norm. The gradient of stock tfjs loops once for each row. */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const layerNormOp = operation({
  name: 'FoveaLayerNorm',
  plain: ({ x, scale, shift }, { epsilon }) => {
    const centred = tf.sub(x!, tf.mean(x!, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon as number));
    const normalised = tf.mul(centred, inverse);
    return [tf.add(tf.mul(normalised, scale!), shift!), normalised, inverse];
  },
  gradient: ([dy], { inputs: { scale }, outputs: [, normalised, inverse] }) => {
    const g = tf.mul(dy!, scale!);
    const along = tf.mean(tf.mul(g, normalised!), -1, true);
    const x = tf.mul(inverse!, tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normalised!, along)));
    const rows = [-1, scale!.size];
    const overRows = (value: Tensor): Tensor => tf.sum(tf.reshape(value, rows), 0);
    return { x, scale: overRows(tf.mul(dy!, normalised!)), shift: overRows(dy!) };
  },
});

/** Layer norm over the last axis, any rank: y = scale (x - mean) / sqrt(variance + epsilon) + shift, biased variance. */
export const layerNormalise = <R extends Rank>(x: Tensor<R>, scale: Tensor1D, shift: Tensor1D, epsilon: number): Tensor<R> =>
  layerNormOp({ x, scale, shift }, { epsilon })[0]! as Tensor<R>;
