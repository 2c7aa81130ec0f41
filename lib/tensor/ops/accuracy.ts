/** The share of rows that are right. */
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Share of the rows whose largest logit is the label, weighted. */
export const accuracy = (logits: Tensor2D, labels: Tensor1D, weights: Tensor1D): Scalar => {
  const right = tf.cast(tf.equal(tf.cast(tf.argMax(logits, 1), 'int32'), labels), 'float32');
  return tf.div(tf.sum(tf.mul(right, weights)), tf.sum(weights));
};
