/** The k largest along the last axis, as a mask. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { oneHot } from './oneHot';

const topMaskOp = operation({
  name: 'FoveaTopMask',
  plain: ({ x }, { k }) => {
    const { indices } = tf.topk(x!, k as number);
    return [tf.sum(oneHot(indices, x!.shape.at(-1)!), -2)];
  },
  gradient: (_, { inputs: { x } }) => ({ x: tf.zerosLike(x!) }), // a choice has no slope
});

/** 1 at the k largest values along the last axis, 0 elsewhere; of equal values the first. No gradient passes. */
export function topMask<R extends Rank>(x: Tensor<R>, k: number): Tensor<R> {
  const length = x.shape.at(-1) ?? 0;
  if (!Number.isInteger(k) || k < 1 || k > length) throw new Error(`topMask: expected a whole number k from 1 to ${length}, got ${k}`);
  return topMaskOp({ x }, { k })[0]! as Tensor<R>;
}
