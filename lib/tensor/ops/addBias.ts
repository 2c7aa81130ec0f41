/** A bias over the last axis; its gradient is one sum over rows. */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const biasOp = operation({
  name: 'FoveaAddBias',
  plain: ({ x, bias }) => [tf.add(x!, bias!)],
  gradient: ([dy]) => ({ x: dy!, bias: biasGradOp({ dy: dy! })[0]! }),
});
const biasGradOp = operation({
  name: 'FoveaAddBiasGrad',
  plain: ({ dy }) => [tf.sum(tf.reshape(dy!, [-1, dy!.shape.at(-1)!]), 0)],
});

/** x + bias over the last axis. */
export const addBias = <R extends Rank>(x: Tensor<R>, bias: Tensor1D): Tensor<R> => biasOp({ x, bias })[0]! as Tensor<R>;
