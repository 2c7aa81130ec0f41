/**
 * Binary cross-entropy of logits, as torch.nn.functional.binary_cross_entropy_with_logits.
 *
 *   loss = weight ((1 - t) softplus(x) + positiveWeight t softplus(-x))      slope = weight ((1 - t) p - positiveWeight t (1 - p))
 *
 * x, t any shape, t from 0 to 1 and taken as given: no gradient passes through it. p = sigmoid(x). The weights broadcast
 * over the last axes; a mean divides by the number of values, whatever their weights.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../../tensor/operation';
import { checkReduction, checkSameShape, type Loss, type Reduction, reduce } from './loss';

export type BinaryCrossEntropyOptions<R extends Reduction = 'mean'> = {
  /** A weight for each value, broadcast. */
  weight?: tf.TensorLike;
  /** How much more a positive counts, often negatives / positives; broadcast. */
  positiveWeight?: tf.TensorLike;
  reduction?: R;
};

const who = 'binaryCrossEntropy';
/** log(1 + e^x) that neither overflows nor loses small values. */
export const softplus = (x: Tensor): Tensor => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));

const binaryOp = operation({
  name: 'FoveaBinaryCrossEntropy',
  plain: ({ x, target, positive }) => {
    const negatives = tf.sub(1, target!);
    const positives = tf.mul(target!, positive!);
    const value = tf.add(tf.mul(negatives, softplus(x!)), tf.mul(positives, softplus(tf.neg(x!))));
    // sigmoid(-x), not 1 - sigmoid(x), which loses small values
    return [value, tf.sub(tf.mul(negatives, tf.sigmoid(x!)), tf.mul(positives, tf.sigmoid(tf.neg(x!))))];
  },
  gradient: ([dy], { outputs: [, slope] }) => ({ x: tf.mul(dy!, slope!) }),
});

export function binaryCrossEntropy<R extends Reduction = 'mean'>({
  weight,
  positiveWeight = 1,
  reduction = 'mean' as R,
}: BinaryCrossEntropyOptions<R> = {}): Loss<R> {
  checkReduction(who, reduction);
  return (x, target) => {
    checkSameShape(who, x, target);
    return tf.tidy(() => {
      const positive = tf.tensor(positiveWeight, undefined, 'float32');
      const [values] = binaryOp({ x, target, positive });
      return reduce(weight === undefined ? values! : tf.mul(values!, tf.tensor(weight, undefined, 'float32')), reduction);
    });
  };
}
