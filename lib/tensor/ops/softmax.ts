/** Softmax along any axis, masked softmax and log-softmax. TensorFlow's own go along the last axis; stock tfjs composes the last. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { axesOf } from './reductions';

/** Where a mask lets pass. */
export const opened = (mask: Tensor): Tensor => (mask.dtype === 'bool' ? mask : tf.notEqual(mask, 0));

const softmaxOp = operation({
  name: 'FoveaSoftmax',
  plain: ({ scores }) => [tf.softmax(scores!)],
  gradient: ([dy], { outputs: [y] }) => ({ scores: softmaxGradOp({ dy: dy!, y: y! })[0]! }),
});
const softmaxGradOp = operation({
  name: 'FoveaSoftmaxGrad',
  plain: ({ dy, y }) => [tf.mul(y!, tf.sub(dy!, tf.sum(tf.mul(dy!, y!), -1, true)))],
});
const maskedSoftmaxOp = operation({
  name: 'FoveaMaskedSoftmax',
  plain: ({ scores, mask }) => {
    const open = opened(mask!);
    const y = tf.softmax(tf.where(open, scores!, Number.NEGATIVE_INFINITY));
    return [tf.where(open, y, 0)]; // NaN in rows without any open place
  },
  gradient: ([dy], { outputs: [y] }) => ({ scores: softmaxGradOp({ dy: dy!, y: y! })[0]! }),
});
const logSoftmaxOp = operation({
  name: 'FoveaLogSoftmax',
  plain: ({ scores }) => [tf.logSoftmax(scores!)],
  gradient: ([dy], { outputs: [y] }) => ({ scores: tf.sub(dy!, tf.mul(tf.exp(y!), tf.sum(dy!, -1, true))) }),
});

/** exp(x) / sum exp(x) along `axis`: shares that sum to 1. A row of nothing but -Infinity is NaN: `maskedSoftmax` is for masks. */
export const softmax = <R extends Rank>(x: Tensor<R>, axis = -1): Tensor<R> =>
  alongLast('softmax', x, axis, (scores) => softmaxOp({ scores })[0]!);

/** log softmax along `axis`, exact also where the share itself is too small for a float. */
export const logSoftmax = <R extends Rank>(x: Tensor<R>, axis = -1): Tensor<R> =>
  alongLast('logSoftmax', x, axis, (scores) => logSoftmaxOp({ scores })[0]!);

/**
 * Softmax along `axis` over the places where `mask` is not 0 (bool or numbers, of a shape that broadcasts to that of x); closed
 * places get 0, whatever their score, and so does a row that is closed altogether. No gradient passes to the mask.
 */
export function maskedSoftmax<R extends Rank>(x: Tensor<R>, mask: Tensor, axis = -1): Tensor<R> {
  const fits = mask.rank <= x.rank && mask.shape.every((size, i) => size === 1 || size === x.shape[i + x.rank - mask.rank]);
  if (!fits) throw new Error(`maskedSoftmax: expected a mask that broadcasts to [${x.shape}], got shape [${mask.shape}]`);
  const aligned = tf.reshape(mask, [...new Array<number>(x.rank - mask.rank).fill(1), ...mask.shape]);
  return alongLast('maskedSoftmax', x, axis, (scores, moved) => maskedSoftmaxOp({ scores, mask: moved(aligned) })[0]!);
}

/** `rows` of x with `axis` moved to the end, and back; `moved` does the same to another tensor. */
function alongLast<R extends Rank>(
  who: string,
  x: Tensor<R>,
  axis: number,
  rows: (x: Tensor, moved: (other: Tensor) => Tensor) => Tensor,
): Tensor<R> {
  const [along] = axesOf(who, x, axis) as [number];
  if (along === x.rank - 1) return rows(x, (other) => other) as Tensor<R>;
  const order = [...x.shape.keys()];
  [order[along], order[x.rank - 1]] = [x.rank - 1, along]; // its own inverse
  const moved = (other: Tensor): Tensor => tf.transpose(other, order);
  return moved(rows(moved(x), moved)) as Tensor<R>;
}
