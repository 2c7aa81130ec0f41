/**
 * Multi-head self-attention over the grid (Vaswani et al. 2017, arXiv:1706.03762), residual. Every pixel is compared
 * with every other: a_ij = softmax_j z_ij.
 *
 *   z = q k^T / sqrt(headDim)        y = x + concat_heads(softmax(z) v) Wo + bo        q, k, v = x Wq, x Wk, x Wv        n = h w
 *
 * weights 'b head query key': row `query` says where that pixel looks; each row sums to 1. The output is computed without it
 * (ops/attention), so it is formed, from the same queries and keys, only where the mode wants it.
 * Query and key have no bias: the softmax cancels the key's, and the paper has none.
 */
import type { Tensor2D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LinearParams, linear, projection } from '../layers/linear';
import { rearrange, sizes } from '../tensor/axes';
import { named } from '../tensor/module';
import { attentionRows, packedAttention, unpackHeads } from '../tensor/ops';
import type { Attention } from './attention';

export type SelfAttentionOptions = { dim: number; heads?: number };
export type SelfAttentionParams = { queryKeyValue: { weight: Tensor2D }; out: LinearParams };

export function selfAttention({ dim, heads = 1 }: SelfAttentionOptions): Attention<SelfAttentionParams> {
  if (!Number.isInteger(heads) || heads < 1 || dim % heads !== 0) {
    throw new Error(`selfAttention: dim must be a multiple of heads, got dim=${dim}, heads=${heads}`);
  }
  const queryKeyValue = named('queryKeyValue', projection({ from: dim, to: 3 * dim }));
  const out = named('out', linear({ from: dim, to: dim }));

  return {
    axes: 'b head query key',
    over: 'key',
    init: (random) => ({ queryKeyValue: queryKeyValue.init(random), out: out.init(random) }),
    forward: (params, x, mode) =>
      tf.tidy(() => {
        const { b, h, w } = sizes(x, 'b h w c', { c: dim });
        const tokens: Tensor2D = rearrange(x, 'b h w c -> (b h w) c');
        const together = queryKeyValue.forward(params.queryKeyValue, tokens, mode);
        const packed = tf.reshape(together, [b, h * w, 3, heads, dim / heads]) as Tensor5D;
        const mixed = tf.reshape(packedAttention(packed), [b * h * w, dim]) as Tensor2D;
        const y: Tensor4D = rearrange(out.forward(params.out, mixed, mode), '(b h w) c -> b h w c', { b, h, w });
        return { output: tf.add(x, y), weights: mode.wants(mode.path) ? attentionRows(unpackHeads(packed)) : undefined };
      }),
  };
}
