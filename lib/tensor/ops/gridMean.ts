/** The mean over the grid. Stock tfjs multiplies by an array of ones, made in JavaScript, for its gradient. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const gridMeanOp = operation({
  name: 'FoveaGridMean',
  plain: ({ x }) => [tf.mean(x!, [1, 2])],
  gradient: ([dy], { inputs: { x } }) => {
    const [b, h, w, c] = x!.shape as [number, number, number, number];
    return { x: tf.broadcastTo(tf.reshape(tf.mul(dy!, 1 / (h * w)), [b, 1, 1, c]), [b, h, w, c]) };
  },
});

/** Mean over the grid: b h w c -> b c. */
export const gridMean = (x: Tensor4D): Tensor2D => gridMeanOp({ x })[0]! as Tensor2D;
