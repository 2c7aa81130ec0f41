/**
 * The two layers that squeeze-and-excitation and its kin put between a summary of the channels and their gates.
 *
 *   z = W2 relu(norm(W1 s + b1)) + b2        s 'b dim' -> z 'b dim', by way of `hidden` numbers
 *
 * `norm` is batch norm, left out unless asked for; so are the biases where `bias` is false.
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type BatchNormParams, batchNorm } from '../layers/batchNorm';
import { type ChosenBiasParams, withBias } from '../layers/linear';
import { type Module, named } from '../tensor/module';
import { relu } from '../tensor/ops';

/** `reduction` divides dim, rounded down; `hidden` says the width itself. */
export type SqueezeOptions = { dim: number; reduction?: number; hidden?: number; bias?: boolean };
export type SqueezeMlpOptions = { dim: number; hidden: number; bias: boolean; norm?: boolean };
export type SqueezeMlpParams = { squeeze: ChosenBiasParams; norm?: BatchNormParams; excite: ChosenBiasParams };

export function squeezeMlp({ dim, hidden, bias, norm: normed = false }: SqueezeMlpOptions): Module<SqueezeMlpParams, Tensor2D, Tensor2D> {
  const squeeze = named('squeeze', withBias(bias, { from: dim, to: hidden, gain: 2 }));
  const norm = normed ? named('norm', batchNorm({ dim: hidden })) : undefined;
  const excite = named('excite', withBias(bias, { from: hidden, to: dim }));
  return {
    init: (random) => ({
      squeeze: squeeze.init(random),
      ...(norm && { norm: norm.init(random) }),
      excite: excite.init(random),
    }),
    forward: (params, summary, mode) =>
      tf.tidy(() => {
        const squeezed = squeeze.forward(params.squeeze, summary, mode); // b hidden
        const normal = norm && params.norm ? overBatch(squeezed, (image) => norm.forward(params.norm!, image, mode)) : squeezed;
        return excite.forward(params.excite, relu(normal), mode);
      }),
  };
}

/** Vectors as images of one pixel. */
const overBatch = (x: Tensor2D, norm: (image: Tensor4D) => Tensor4D): Tensor2D =>
  tf.reshape(norm(tf.reshape(x, [x.shape[0], 1, 1, x.shape[1]])), x.shape);

/** The hidden width that options ask for; at least 1, since small networks have fewer channels than the papers' ratio. */
export function hiddenWidth(who: string, { dim, reduction = 16, hidden }: SqueezeOptions): number {
  if (!(reduction > 0)) throw new Error(`${who}: reduction must be above 0, got ${reduction}`);
  const width = hidden ?? Math.max(1, Math.floor(dim / reduction));
  if (!Number.isInteger(width) || width < 1) throw new Error(`${who}: hidden must be a whole number from 1, got ${width}`);
  return width;
}
