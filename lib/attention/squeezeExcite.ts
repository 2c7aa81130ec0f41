/**
 * Squeeze-and-Excitation (Hu et al. 2018, arXiv:1709.01507): each channel is scaled by a gate computed from all channels.
 *
 *   s = sigmoid(W2 relu(W1 mean_hw(x) + b1) + b2)        y = s * x
 *
 * weights 'b channel': how much of each channel passes, 0 to 1. It says nothing of where: all positions get the same gate.
 * timm's variants: `maxPool` puts (mean + max) / 2 in place of the mean, `norm` a batch norm before the relu, `bias` false no biases.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import { gateChannels, gridMean, gridSummary, sigmoid } from '../tensor/ops';
import type { Attention } from './attention';
import { hiddenWidth, type SqueezeMlpParams, type SqueezeOptions, squeezeMlp } from './squeezeMlp';

export type SqueezeExciteOptions = SqueezeOptions & { norm?: boolean; maxPool?: boolean };
export type SqueezeExciteParams = SqueezeMlpParams;

export function squeezeExcite(options: SqueezeExciteOptions): Attention<SqueezeExciteParams> {
  const { dim, bias = true, norm = false, maxPool = false } = options;
  const mlp = squeezeMlp({ dim, hidden: hiddenWidth('squeezeExcite', options), bias, norm });

  return {
    axes: 'b channel',
    init: mlp.init,
    forward: (params, x, mode) =>
      tf.tidy(() => {
        sizes(x, 'b h w c', { c: dim });
        const summary = maxPool ? middle(gridSummary(x)) : gridMean(x); // b c
        const weights = sigmoid(mlp.forward(params, summary, mode)); // b c
        return { output: gateChannels(x, weights), weights };
      }),
  };
}

const middle = ({ mean, max }: { mean: Tensor2D; max: Tensor2D }): Tensor2D => tf.mul(tf.add(mean, max), 0.5);
