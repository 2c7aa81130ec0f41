/** Cross-entropy of class numbers, with its gradient in the same pass. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const crossEntropyOp = operation({
  name: 'FoveaCrossEntropy',
  plain: ({ logits, labels }) => {
    const target = tf.oneHot(labels as Tensor1D, logits!.shape[1]!);
    const log = tf.logSoftmax(logits!);
    return [tf.neg(tf.sum(tf.mul(target, log), 1)), tf.sub(tf.exp(log), target)];
  },
  gradient: ([dy], { inputs: { labels }, outputs: [, slope] }) => ({
    logits: tf.mul(slope!, tf.expandDims(dy!, 1)),
    labels: tf.zerosLike(labels!),
  }),
});

/** -log softmax(logits)[label] for each row, in nats: b classes, b (int32) -> b. */
export const crossEntropy = (logits: Tensor2D, labels: Tensor1D): Tensor1D => crossEntropyOp({ logits, labels })[0]! as Tensor1D;
