/**
 * Smooth L1 (Girshick 2015, arXiv:1504.08083), as torch.nn.functional.smooth_l1_loss.
 *
 *   loss = e^2 / (2 beta) where |e| < beta, else |e| - beta / 2      e = x - target
 *
 * x, target of one shape. beta 0 is the absolute error.
 */
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../../tensor/operation';
import { checkRange, checkReduction, checkSameShape, type Loss, type Reduction, reduce } from './loss';

export type SmoothL1Options<R extends Reduction = 'mean'> = { beta?: number; reduction?: R };

const who = 'smoothL1';
const smoothOp = operation({
  name: 'FoveaSmoothL1',
  plain: ({ error }, { beta }) => {
    const size = tf.abs(error!);
    if (beta === 0) return [size, tf.sign(error!)];
    const slope = tf.clipByValue(tf.div(error!, beta as number), -1, 1);
    const square = tf.mul(tf.square(slope), (beta as number) / 2);
    return [tf.where(tf.less(size, beta as number), square, tf.sub(size, (beta as number) / 2)), slope];
  },
  gradient: ([dy], { outputs: [, slope] }) => ({ error: tf.mul(dy!, slope!) }),
});

export function smoothL1<R extends Reduction = 'mean'>({ beta = 1, reduction = 'mean' as R }: SmoothL1Options<R> = {}): Loss<R> {
  checkReduction(who, reduction);
  checkRange(who, 'beta', beta, 0, Number.MAX_VALUE);
  return (x, target) => {
    checkSameShape(who, x, target);
    return tf.tidy(() => reduce(smoothOp({ error: tf.sub(x, target) }, { beta })[0]!, reduction));
  };
}
