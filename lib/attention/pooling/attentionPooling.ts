/**
 * Attention pooling (Ilse et al. 2018, arXiv:1802.04712, without the gate): one linear score a position, a softmax over
 * the positions, a weighted sum. The article's class as it should have been: its softmax ran over one element.
 *
 *   z_i = x_i w        a = softmax_hw(z)        y = sum_i a_i x_i
 *
 * With `top: k` only the k highest scores of an image take part: the key regions, picked. weights 'b h w': how much of
 * the summary each position gives; each map sums to 1. No bias in the score: the softmax would cancel it.
 */
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { projection } from '../../layers/linear';
import { sizes } from '../../tensor/axes';
import { named } from '../../tensor/module';
import { maskedSoftmax, softmax, topMask } from '../../tensor/ops';
import type { Pooling } from '../attention';

export type AttentionPoolingOptions = { dim: number; top?: number | undefined };
export type AttentionPoolingParams = { score: { weight: Tensor2D } };

export function attentionPooling({ dim, top }: AttentionPoolingOptions): Pooling<AttentionPoolingParams> {
  if (top !== undefined && (!Number.isInteger(top) || top < 1))
    throw new Error(`attentionPooling: top must be a whole number from 1, got ${top}`);
  const score = named('score', projection({ from: dim, to: 1 }));
  return {
    axes: 'b h w',
    over: 'h w',
    init: (random) => ({ score: score.init(random) }),
    forward: (params, x, mode) =>
      tf.tidy(() => {
        const { b, h, w } = sizes(x, 'b h w c', { c: dim });
        const cells: Tensor3D = tf.reshape(x, [b, h * w, dim]);
        const scores: Tensor2D = tf.reshape(score.forward(params.score, tf.reshape(x, [-1, dim]), mode), [b, h * w]);
        const weights = top === undefined ? softmax(scores) : maskedSoftmax(scores, topMask(scores, Math.min(top, h * w))); // b n
        const output: Tensor2D = tf.squeeze(tf.matMul(tf.expandDims(weights, 1), cells), [1]);
        return { output, weights: tf.reshape(weights, [b, h, w]) };
      }),
  };
}
