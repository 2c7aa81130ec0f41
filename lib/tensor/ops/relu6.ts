/** Relu that ends at 6 (Howard et al. 2017, arXiv:1704.04861). The gradient of stock tfjs is not 0 at 6 itself. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const relu6Op = operation({
  name: 'FoveaRelu6',
  plain: ({ x }) => [tf.relu6(x!)],
  gradient: ([dy], { outputs: [y] }) => ({ x: relu6Grad(dy!, y!) }),
});
const relu6GradOp = operation({
  name: 'FoveaRelu6Grad',
  plain: ({ dy, y }) => [tf.mul(dy!, tf.cast(tf.logicalAnd(tf.greater(y!, 0), tf.less(y!, 6)), 'float32'))],
});

/** min(max(x, 0), 6), any shape. */
export const relu6 = <R extends Rank>(x: Tensor<R>): Tensor<R> => relu6Op({ x })[0]! as Tensor<R>;

/** dy where y, an input or output of relu6, lies between 0 and 6, else 0. */
export const relu6Grad = (dy: Tensor, y: Tensor): Tensor => relu6GradOp({ dy, y })[0]!;
