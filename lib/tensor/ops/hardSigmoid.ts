/** A sigmoid of three straight pieces (Howard et al. 2019, arXiv:1905.02244). */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { relu6Grad } from './relu6';

const hardSigmoidOp = operation({
  name: 'FoveaHardSigmoid',
  plain: ({ x }) => [tf.mul(tf.relu6(tf.add(x!, 3)), 1 / 6)],
  gradient: ([dy], { inputs: { x } }) => ({ x: hardSigmoidGradOp({ dy: dy!, x: x! })[0]! }),
});
const hardSigmoidGradOp = operation({
  name: 'FoveaHardSigmoidGrad',
  plain: ({ dy, x }) => [relu6Grad(tf.mul(dy!, 1 / 6), tf.add(x!, 3))],
});

/** min(max(x + 3, 0), 6) / 6, any shape. */
export const hardSigmoid = <R extends Rank>(x: Tensor<R>): Tensor<R> => hardSigmoidOp({ x })[0]! as Tensor<R>;
