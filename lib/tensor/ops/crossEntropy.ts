/** Cross-entropy of class numbers, or of a share for each class, with its gradient in the same pass. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { oneHot } from './oneHot';

const crossEntropyOp = operation({
  name: 'FoveaCrossEntropy',
  plain: ({ logits, labels }) => {
    const target = oneHot(labels!, logits!.shape[1]!);
    const log = tf.logSoftmax(logits!);
    // chosen, not multiplied: the logit of another class may be -Infinity
    const chosen = tf.where(tf.cast(target, 'bool'), log, 0);
    return [tf.neg(tf.sum(chosen, 1)), tf.sub(tf.exp(log), target)];
  },
  gradient: ([dy], { inputs: { labels }, outputs: [, slope] }) => ({
    logits: tf.mul(slope!, tf.expandDims(dy!, 1)),
    labels: tf.zerosLike(labels!),
  }),
});

/** -log softmax(logits)[label] for each row, in nats: b classes, b (int32) -> b. */
export const crossEntropy = (logits: Tensor2D, labels: Tensor1D): Tensor1D => crossEntropyOp({ logits, labels })[0]! as Tensor1D;

const softCrossEntropyOp = operation({
  name: 'FoveaSoftCrossEntropy',
  plain: ({ logits, shares }) => {
    const log = tf.logSoftmax(logits!);
    return [tf.neg(tf.sum(tf.mul(shares!, log), 1)), tf.sub(tf.mul(tf.exp(log), tf.sum(shares!, 1, true)), shares!)];
  },
  gradient: ([dy], { outputs: [, slope] }) => ({ logits: tf.mul(slope!, tf.expandDims(dy!, 1)) }),
});

/**
 * -sum over k of shares_k log softmax(logits)_k for each row, in nats: b classes, b classes -> b. No gradient passes to the
 * shares. `whole` promises that each row's shares sum to 1, which saves some passes.
 */
export const softCrossEntropy = (logits: Tensor2D, shares: Tensor2D, whole = false): Tensor1D =>
  softCrossEntropyOp({ logits, shares }, { whole })[0]! as Tensor1D;
