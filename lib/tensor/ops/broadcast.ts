/** A tensor repeated along axes of length 1. The gradient of stock tfjs adds one slice after another. */
import type { Rank, ShapeMap, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const broadcastOp = operation({
  name: 'FoveaBroadcast',
  plain: ({ x }, { shape }) => [tf.broadcastTo(x!, shape as number[])],
  gradient: ([dy], { inputs: { x } }) => {
    const missing = dy!.rank - x!.rank;
    const repeated = [...dy!.shape.keys()].filter((axis) => axis < missing || (x!.shape[axis - missing] === 1 && dy!.shape[axis] !== 1));
    return { x: tf.reshape(tf.sum(dy!, repeated), x!.shape) };
  },
});

/** x repeated to `shape`, by the rule of sums and products: axes are matched from the last one, those of length 1 or missing are repeated. */
export const broadcast = <R extends Rank>(x: Tensor, shape: ShapeMap[R]): Tensor<R> =>
  broadcastOp({ x }, { shape: [...shape] })[0]! as Tensor<R>;
