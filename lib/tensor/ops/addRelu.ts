/** The end of a residual block, in one pass: sum and relu. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { reluGrad } from './relu';

const addReluOp = operation({
  name: 'FoveaAddRelu',
  plain: ({ x, residual }) => [tf.relu(tf.add(x!, residual!))],
  gradient: ([dy], { outputs: [y] }) => {
    const passed = reluGrad(dy!, y!);
    return { x: passed, residual: tf.clone(passed) }; // tfjs may dispose one of them while it adds up
  },
});

/** max(x + residual, 0), two tensors of one shape. */
export function addRelu<R extends Rank>(x: Tensor<R>, residual: Tensor<R>): Tensor<R> {
  if (!tf.util.arraysEqual(x.shape, residual.shape)) {
    throw new Error(`addRelu: expected a residual of shape [${x.shape}], got [${residual.shape}]`);
  }
  return addReluOp({ x, residual })[0]! as Tensor<R>;
}
