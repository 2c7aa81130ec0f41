/**
 * Kullback-Leibler divergence, as torch.nn.functional.kl_div.
 *
 *   loss = t (log t - x)      0 where t is 0; with logTarget t = exp(target)
 *
 * x log-probabilities (tf.logSoftmax of logits), target probabilities or their logarithms, of one shape; the target is taken
 * as given. `mean` divides by the number of values, `batchmean` by the first axis: that one is the divergence itself.
 */
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../../tensor/operation';
import { checkReduction, checkSameShape, type Loss, type Reduction, reduce } from './loss';

export type KlDivergenceOptions<R extends Reduction | 'batchmean' = 'mean'> = { logTarget?: boolean; reduction?: R };

const who = 'klDivergence';
const divergenceOp = operation({
  name: 'FoveaKlDivergence',
  plain: ({ x, target }, { logTarget }) => {
    const t = logTarget ? tf.exp(target!) : target!;
    const there = tf.greater(t, 0);
    const log = logTarget ? target! : tf.log(tf.where(there, t, tf.onesLike(t)));
    return [tf.where(there, tf.mul(t, tf.sub(log, x!)), tf.zerosLike(t)), tf.neg(t)];
  },
  gradient: ([dy], { outputs: [, slope] }) => ({ x: tf.mul(dy!, slope!) }),
});

export function klDivergence<R extends Reduction | 'batchmean' = 'mean'>({
  logTarget = false,
  reduction = 'mean' as R,
}: KlDivergenceOptions<R> = {}): Loss<R> {
  checkReduction(who, reduction, ['none', 'mean', 'batchmean', 'sum']);
  return (x, target) => {
    checkSameShape(who, x, target);
    const count = reduction === 'batchmean' ? (x.shape[0] ?? 1) : x.size;
    return tf.tidy(() => reduce(divergenceOp({ x, target }, { logTarget })[0]!, reduction, count));
  };
}
