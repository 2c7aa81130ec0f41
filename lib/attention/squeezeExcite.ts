/**
 * Squeeze-and-Excitation (Hu et al. 2018, arXiv:1709.01507): each channel is scaled by a gate computed from all channels.
 *
 *   s = sigmoid(W2 relu(W1 mean_hw(x) + b1) + b2)        y = s * x
 *
 * weights 'b channel': how much of each channel passes, 0 to 1. It says nothing of where: all positions get the same gate.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LinearParams, linear } from '../layers/linear';
import { sizes } from '../tensor/axes';
import { named } from '../tensor/module';
import { gridMean, relu } from '../tensor/ops';
import type { Attention } from './attention';

export type SqueezeExciteOptions = { dim: number; reduction?: number };
export type SqueezeExciteParams = { squeeze: LinearParams; excite: LinearParams };

export function squeezeExcite({ dim, reduction = 16 }: SqueezeExciteOptions): Attention<SqueezeExciteParams> {
  if (!(reduction > 0)) throw new Error(`squeezeExcite: reduction must be above 0, got ${reduction}`);
  const hidden = Math.max(1, Math.floor(dim / reduction)); // small networks have fewer channels than the paper's ratio
  const squeeze = named('squeeze', linear({ from: dim, to: hidden, gain: 2 }));
  const excite = named('excite', linear({ from: hidden, to: dim }));

  return {
    axes: 'b channel',
    init: (random) => ({ squeeze: squeeze.init(random), excite: excite.init(random) }),
    forward: (params, x, mode) =>
      tf.tidy(() => {
        sizes(x, 'b h w c', { c: dim });
        const summary = gridMean(x); // b c
        const squeezed = relu(squeeze.forward(params.squeeze, summary, mode)); // b hidden
        const weights = tf.sigmoid(excite.forward(params.excite, squeezed, mode)); // b c
        return { output: tf.mul(x, tf.reshape(weights, [-1, 1, 1, dim])), weights };
      }),
  };
}
