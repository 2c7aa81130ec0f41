/**
 * Mean squared error, as torch.nn.functional.mse_loss.
 *
 *   loss = weight (x - target)^2
 *
 * x, target, weight of one shape. With weights a mean divides by their sum.
 */
import * as tf from '@tensorflow/tfjs-core';
import { checkReduction, checkSameShape, type Loss, type Reduction, reduce } from './loss';

export type MeanSquaredErrorOptions<R extends Reduction = 'mean'> = { weight?: tf.TensorLike; reduction?: R };

const who = 'meanSquaredError';

export function meanSquaredError<R extends Reduction = 'mean'>({
  weight,
  reduction = 'mean' as R,
}: MeanSquaredErrorOptions<R> = {}): Loss<R> {
  checkReduction(who, reduction);
  return (x, target) => {
    checkSameShape(who, x, target);
    return tf.tidy(() => {
      const squares = tf.square(tf.sub(x, target));
      if (weight === undefined) return reduce(squares, reduction);
      const weights = tf.tensor(weight, undefined, 'float32');
      checkSameShape(`${who}, weight`, x, weights);
      return reduce(tf.mul(squares, weights), reduction, tf.sum(weights));
    });
  };
}
