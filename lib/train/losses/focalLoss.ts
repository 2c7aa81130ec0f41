/**
 * Focal loss of logits (Lin et al. 2017, arXiv:1708.02002), as torchvision.ops.sigmoid_focal_loss but with the mean by default.
 *
 *   loss = a u^gamma ce      u = 1 - p_t = t (1 - p) + (1 - t) p      a = alpha t + (1 - alpha) (1 - t)
 *
 * x, t any shape, t from 0 to 1 and taken as given; p = sigmoid(x), ce the binary cross-entropy. alpha null: a = 1.
 */
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../../tensor/operation';
import { softplus } from './binaryCrossEntropy';
import { checkRange, checkReduction, checkSameShape, type Loss, type Reduction, reduce } from './loss';

export type FocalLossOptions<R extends Reduction = 'mean'> = { alpha?: number | null; gamma?: number; reduction?: R };

const who = 'focalLoss';
const focalOp = operation({
  name: 'FoveaFocal',
  plain: ({ x, target: t }, { alpha, gamma }) => {
    const p = tf.sigmoid(x!);
    const q = tf.sigmoid(tf.neg(x!));
    const negatives = tf.sub(1, t!);
    const entropy = tf.add(tf.mul(negatives, softplus(x!)), tf.mul(t!, softplus(tf.neg(x!))));
    const u = tf.add(tf.mul(t!, q), tf.mul(negatives, p));
    const a = (alpha as number) < 0 ? tf.scalar(1) : tf.add(tf.mul(t!, alpha as number), tf.mul(negatives, 1 - (alpha as number)));
    const focus = tf.mul(a, tf.pow(u, gamma as number));
    // gamma u^(gamma - 1) du/dx as gamma u^gamma (1 - 2t) (p q / u): finite where u is 0
    const along = tf.div(tf.mul(p, q), tf.maximum(u, 1e-37));
    const ofFocus = tf.mul(tf.mul(tf.mul(tf.sub(1, tf.mul(t!, 2)), along), entropy), gamma as number);
    return [tf.mul(focus, entropy), tf.mul(focus, tf.add(tf.sub(tf.mul(negatives, p), tf.mul(t!, q)), ofFocus))];
  },
  gradient: ([dy], { outputs: [, slope] }) => ({ x: tf.mul(dy!, slope!) }),
});

export function focalLoss<R extends Reduction = 'mean'>({
  alpha = 0.25,
  gamma = 2,
  reduction = 'mean' as R,
}: FocalLossOptions<R> = {}): Loss<R> {
  checkReduction(who, reduction);
  if (alpha !== null) checkRange(who, 'alpha', alpha, 0, 1);
  checkRange(who, 'gamma', gamma, 0, 100);
  return (x, target) => {
    checkSameShape(who, x, target);
    return tf.tidy(() => reduce(focalOp({ x, target }, { alpha: alpha ?? -1, gamma })[0]!, reduction));
  };
}
