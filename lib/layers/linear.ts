/**
 * Linear: y = x W + bias over the last axis of 'b from'.
 *
 * Initial weights: normal with deviation sqrt(gain / from); gain 2 before a relu (He et al. 2015, arXiv:1502.01852), 1 else.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import { type Module, scope } from '../tensor/module';
import { addBias } from '../tensor/ops';
import { normal } from '../tensor/random';

export type LinearOptions = { from: number; to: number; gain?: number };
export type LinearParams = { weight: Tensor2D; bias: Tensor1D };

export function linear({ from, to, gain = 1 }: LinearOptions): Module<LinearParams, Tensor2D, Tensor2D> {
  const { init, forward } = projection({ from, to, gain });
  return {
    init: (random) => ({ ...init(random), bias: tf.zeros([to]) }),
    forward: (params, x, mode) => tf.tidy(() => addBias(forward(params, x, mode), params.bias)),
  };
}

/** Linear without a bias, for where the formula cancels one or the paper has none: y = x W. */
export function projection({ from, to, gain = 1 }: LinearOptions): Module<{ weight: Tensor2D }, Tensor2D, Tensor2D> {
  return {
    init: (random) => ({ weight: normal(scope(random, 'weight'), [from, to], Math.sqrt(gain / from)) }),
    forward: (params, x) => {
      sizes(x, 'b from', { from });
      return tf.matMul(x, params.weight);
    },
  };
}

/** Linear or projection, for what takes its bias as an option. */
export type ChosenBiasParams = { weight: Tensor2D; bias?: Tensor1D };
export const withBias = (bias: boolean, options: LinearOptions): Module<ChosenBiasParams, Tensor2D, Tensor2D> =>
  (bias ? linear(options) : projection(options)) as Module<ChosenBiasParams, Tensor2D, Tensor2D>;
