/**
 * Transformer block, normalised before each branch (Dosovitskiy et al. 2020, arXiv:2010.11929), on tokens 'b n dim'.
 *
 *   x' = x + dropPath(scale1 * attention(norm1(x)))        y = x' + dropPath(scale2 * mlp(norm2(x')))
 *
 * The scales are those of LayerScale, there only where `layerScale` says with what they start.
 */
import type { Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { dropPath } from '../layers/dropPath';
import { type LayerNormParams, layerNorm } from '../layers/layerNorm';
import { type LayerScaleParams, layerScale } from '../layers/layerScale';
import { type MlpParams, mlp } from '../layers/mlp';
import { type Mode, type Module, named } from '../tensor/module';
import type { Tree } from '../tensor/tree';
import { attend, type TokenAttention } from './attention';

export type TransformerBlockOptions<A extends Tree> = {
  dim: number;
  attention: TokenAttention<A>;
  mlpRatio?: number;
  layerScale?: number | undefined;
  dropoutRate?: number;
  dropPathRate?: number;
  epsilon?: number;
};
export type TransformerBlockParams<A extends Tree> = {
  norm1: LayerNormParams;
  attention: A;
  scale1?: LayerScaleParams;
  norm2: LayerNormParams;
  mlp: MlpParams;
  scale2?: LayerScaleParams;
};

export function transformerBlock<A extends Tree>(
  options: TransformerBlockOptions<A>,
): Module<TransformerBlockParams<A>, Tensor3D, Tensor3D> {
  const { dim, mlpRatio = 4, dropoutRate = 0, dropPathRate = 0, epsilon = 1e-6 } = options;
  const hidden = dim * mlpRatio;
  if (!Number.isInteger(hidden) || hidden < 1)
    throw new Error(`transformerBlock: expected a whole dim x mlpRatio, got ${dim} x ${mlpRatio}`);
  const norm1 = named('norm1', layerNorm<Tensor3D>({ dim, epsilon }));
  const norm2 = named('norm2', layerNorm<Tensor3D>({ dim, epsilon }));
  const attention = attend('attention', options.attention);
  const feedForward = named('mlp', mlp<Tensor3D>({ dim, hidden, dropout: dropoutRate }));
  const [end1, end2] = [branchEnd(1, options.layerScale, dim, dropPathRate), branchEnd(2, options.layerScale, dim, dropPathRate)];

  return {
    init: (random) => {
      const [scale1, scale2] = [end1.scale?.init(random), end2.scale?.init(random)];
      return {
        norm1: norm1.init(random),
        attention: attention.init(random),
        ...(scale1 && { scale1 }),
        norm2: norm2.init(random),
        mlp: feedForward.init(random),
        ...(scale2 && { scale2 }),
      };
    },
    forward: (params, tokens, mode) =>
      tf.tidy(() => {
        const query = norm1.forward(params.norm1, tokens, mode);
        const looked = attention.forward(params.attention, { query }, mode);
        const x = tf.add(tokens, end1.forward(params.scale1, looked, mode)) as Tensor3D;
        const thought = feedForward.forward(params.mlp, norm2.forward(params.norm2, x, mode), mode);
        return tf.add(x, end2.forward(params.scale2, thought, mode)) as Tensor3D;
      }),
  };
}

type BranchEnd = {
  readonly scale: Module<LayerScaleParams, Tensor3D, Tensor3D> | undefined;
  readonly forward: (params: LayerScaleParams | undefined, x: Tensor3D, mode: Mode) => Tensor3D;
};

/** What a branch goes through before it is added. */
function branchEnd(index: 1 | 2, init: number | undefined, dim: number, rate: number): BranchEnd {
  const scale = init === undefined ? undefined : named(`scale${index}`, layerScale<Tensor3D>({ dim, init }));
  const drop = named(`dropPath${index}`, dropPath<Tensor3D>({ rate }));
  return { scale, forward: (params, x, mode) => drop.forward({}, scale && params ? scale.forward(params, x, mode) : x, mode) };
}
