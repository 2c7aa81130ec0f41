/**
 * Cross-entropy of logits, as torch.nn.functional.cross_entropy; with smoothing it is timm's LabelSmoothingCrossEntropy
 * (the same formula where no class weight is given), with probabilities timm's SoftTargetCrossEntropy.
 *
 *   loss = -sum_k m_k log softmax(logits)_k      m_k = weight_k ((1 - smoothing) target_k + smoothing / classes)
 *
 * logits '... classes'; target '...' (int32 labels) or '... classes' (probabilities, through which no gradient passes).
 * A mean divides by the sum of the labels' weights, ignored ones left out; for probabilities by the number of rows.
 * Departure: where every label is ignored the mean is 0, not NaN. The class axis is the last; PyTorch's is the second.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy, smoothLabels, softCrossEntropy } from '../../tensor/ops';
import { checkRange, checkReduction, type Loss, type Reduction, reduce } from './loss';

export type SoftmaxCrossEntropyOptions<R extends Reduction = 'mean'> = {
  labelSmoothing?: number;
  /** One weight a class. */
  weight?: readonly number[];
  /** Rows of this label count for nothing. */
  ignoreIndex?: number;
  reduction?: R;
};

const who = 'softmaxCrossEntropy';

export function softmaxCrossEntropy<R extends Reduction = 'mean'>({
  labelSmoothing = 0,
  weight,
  ignoreIndex = -100,
  reduction = 'mean' as R,
}: SoftmaxCrossEntropyOptions<R> = {}): Loss<R> {
  checkReduction(who, reduction);
  checkRange(who, 'labelSmoothing', labelSmoothing, 0, 1);
  for (const one of weight ?? []) checkRange(who, 'each weight', one, 0, Number.MAX_VALUE);
  if (!Number.isInteger(ignoreIndex)) throw new Error(`${who}: expected ignoreIndex to be a whole number, got ${ignoreIndex}`);

  return (logits, target) => {
    const classes = logits.shape.at(-1) ?? 0;
    const rows = logits.shape.slice(0, -1);
    const soft = target.rank === logits.rank;
    check(logits, target, soft, weight);
    return tf.tidy(() => {
      const flat = tf.reshape(logits, [-1, classes]) as Tensor2D;
      const weighted = (shares: Tensor2D): Tensor2D => (weight ? tf.mul(shares, tf.tensor1d([...weight])) : shares);
      if (soft) {
        const given = tf.reshape(target, [-1, classes]) as Tensor2D;
        const shares: Tensor2D = labelSmoothing ? tf.add(tf.mul(given, 1 - labelSmoothing), labelSmoothing / classes) : given;
        return reduce(tf.reshape(softCrossEntropy(flat, weighted(shares)), rows), reduction);
      }
      const all = tf.reshape(target, [-1]) as Tensor1D;
      const kept = tf.notEqual(all, tf.scalar(ignoreIndex, 'int32'));
      const labels = tf.where(kept, all, tf.zerosLike(all)) as Tensor1D;
      const shared = (): Tensor1D => softCrossEntropy(flat, weighted(smoothLabels(labels, classes, labelSmoothing)), !weight);
      const values = weight || labelSmoothing ? shared() : crossEntropy(flat, labels);
      const counted = tf.cast(kept, 'float32');
      const shares = weight ? tf.mul(counted, tf.sum(weighted(smoothLabels(labels, classes)), 1)) : counted;
      const share = tf.sum(shares);
      const count = tf.where(tf.greater(share, 0), share, tf.onesLike(share)); // of nothing the mean is 0
      return reduce(tf.reshape(tf.where(kept, values, tf.zerosLike(values)), rows), reduction, count);
    });
  };
}

function check(logits: Tensor, target: Tensor, soft: boolean, weight: readonly number[] | undefined): void {
  const classes = logits.shape.at(-1) ?? 0;
  if (logits.size === 0) throw new Error(`${who}: expected logits '... classes' with at least one row, got shape [${logits.shape}]`);
  const wanted = soft ? logits.shape : logits.shape.slice(0, -1);
  if (!tf.util.arraysEqual(wanted, target.shape) || target.dtype !== (soft ? 'float32' : 'int32'))
    throw new Error(
      `${who}: expected int32 labels [${logits.shape.slice(0, -1)}] or float32 probabilities [${logits.shape}], got ${target.dtype} [${target.shape}]`,
    );
  if (weight && weight.length !== classes) throw new Error(`${who}: expected ${classes} weights, one a class, got ${weight.length}`);
}
