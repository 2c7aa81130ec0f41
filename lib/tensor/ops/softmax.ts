/** Softmax along any axis, masked softmax and log-softmax. Those of TensorFlow and stock tfjs go along the last axis alone. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { axesOf } from './reductions';

/** Where a mask lets pass. */
export const opened = (mask: Tensor): Tensor => (mask.dtype === 'bool' ? mask : tf.notEqual(mask, 0));

/** Along an inner axis by hand: moving it to the end and back takes longer. */
export function shares(scores: Tensor, axis: number): Tensor {
  if (axis === scores.rank - 1) return tf.softmax(scores);
  const powers = tf.exp(tf.sub(scores, tf.max(scores, axis, true)));
  return tf.div(powers, tf.sum(powers, axis, true));
}

export function logShares(scores: Tensor, axis: number): Tensor {
  const below = tf.sub(scores, tf.max(scores, axis, true));
  return tf.sub(below, tf.log(tf.sum(tf.exp(below), axis, true)));
}

export const softmaxSlope = (dy: Tensor, y: Tensor, axis: number): Tensor => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), axis, true)));

const softmaxOp = operation({
  name: 'FoveaSoftmax',
  plain: ({ scores }, { axis }) => [shares(scores!, axis as number)],
  gradient: ([dy], { outputs: [y] }, attributes) => ({ scores: softmaxGradOp({ dy: dy!, y: y! }, attributes)[0]! }),
});
const softmaxGradOp = operation({
  name: 'FoveaSoftmaxGrad',
  plain: ({ dy, y }, { axis }) => [softmaxSlope(dy!, y!, axis as number)],
});
const maskedSoftmaxOp = operation({
  name: 'FoveaMaskedSoftmax',
  plain: ({ scores, mask }, { axis }) => {
    const open = opened(mask!);
    const y = shares(tf.where(open, scores!, Number.NEGATIVE_INFINITY), axis as number);
    return [tf.where(open, y, 0)]; // NaN in rows without any open place
  },
  gradient: ([dy], { outputs: [y] }, attributes) => ({ scores: softmaxGradOp({ dy: dy!, y: y! }, attributes)[0]! }),
});
const logSoftmaxOp = operation({
  name: 'FoveaLogSoftmax',
  plain: ({ scores }, { axis }) => [logShares(scores!, axis as number)],
  gradient: ([dy], { outputs: [y] }, { axis }) => ({
    scores: tf.sub(dy!, tf.mul(tf.exp(y!), tf.sum(dy!, axis as number, true))),
  }),
});

const along = (who: string, x: Tensor, axis: number): number => axesOf(who, x, axis)[0]!;

/** exp(x) / sum exp(x) along `axis`: shares that sum to 1. A row of nothing but -Infinity is NaN: `maskedSoftmax` is for masks. */
export const softmax = <R extends Rank>(x: Tensor<R>, axis = -1): Tensor<R> =>
  softmaxOp({ scores: x }, { axis: along('softmax', x, axis) })[0]! as Tensor<R>;

/** log softmax along `axis`, exact also where the share itself is too small for a float. */
export const logSoftmax = <R extends Rank>(x: Tensor<R>, axis = -1): Tensor<R> =>
  logSoftmaxOp({ scores: x }, { axis: along('logSoftmax', x, axis) })[0]! as Tensor<R>;

/**
 * Softmax along `axis` over the places where `mask` is not 0 (bool or numbers, of a shape that broadcasts to that of x); closed
 * places get 0, whatever their score, and so does a row that is closed altogether. No gradient passes to the mask.
 */
export function maskedSoftmax<R extends Rank>(x: Tensor<R>, mask: Tensor, axis = -1): Tensor<R> {
  const fits = mask.rank <= x.rank && mask.shape.every((size, i) => size === 1 || size === x.shape[i + x.rank - mask.rank]);
  if (!fits) throw new Error(`maskedSoftmax: expected a mask that broadcasts to [${x.shape}], got shape [${mask.shape}]`);
  return maskedSoftmaxOp({ scores: x, mask }, { axis: along('maskedSoftmax', x, axis) })[0]! as Tensor<R>;
}
