/**
 * Multi-head attention over tokens (Vaswani et al. 2017, arXiv:1706.03762): every query is compared with every key.
 *
 *   z = norm(q) norm(k)^T / sqrt(headDim) + bias        y = concat_heads(softmax(z) v) Wo + bo        q, k, v = x Wq, x Wk, x Wv
 *
 * weights 'b head query key': row `query` says where that token looks; each row sums to 1, and is 0 throughout where the mask
 * allows no key. It is formed only where the mode wants it, and not for the output. Without `key` it is self-attention; with it the
 * same projections serve queries and keys of other tokens.
 *
 * `bias` adds biases to query, key and value, as in ViT; the key's is one that the softmax cancels, so it is off by default.
 * `qkNorm` normalises queries and keys by head before they meet, as layer norm (Dehghani et al. 2023, arXiv:2302.05442) or RMS
 * norm does. `headDim` departs from dim / heads. The columns of the packed weight go by (query key value, head, headDim).
 */
import type { Tensor2D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayerNormParams, layerNorm } from '../../layers/layerNorm';
import { type ChosenBiasParams, type LinearParams, linear, withBias } from '../../layers/linear';
import { type RmsNormParams, rmsNorm } from '../../layers/rmsNorm';
import { rearrange, sizes } from '../../tensor/axes';
import { type Module, named } from '../../tensor/module';
import { attentionRows, packedAttention, scaledDotProductAttention } from '../../tensor/ops';
import type { TokenAttention } from '../attention';

export type MultiHeadAttentionOptions = {
  dim: number;
  heads?: number;
  headDim?: number;
  /** Of what comes out; dim where left out. */
  outDim?: number;
  bias?: boolean;
  qkNorm?: 'layer' | 'rms' | undefined;
  /** No token sees a later one. */
  causal?: boolean;
  epsilon?: number;
};
export type QueryKeyNormParams = LayerNormParams | RmsNormParams;
export type MultiHeadAttentionParams = {
  queryKeyValue: ChosenBiasParams;
  queryNorm?: QueryKeyNormParams;
  keyNorm?: QueryKeyNormParams;
  out: LinearParams;
};

const norms: {
  readonly [K in 'layer' | 'rms']: (options: { dim: number; epsilon: number }) => Module<QueryKeyNormParams, Tensor4D, Tensor4D>;
} = {
  layer: (options) => layerNorm<Tensor4D>(options) as Module<QueryKeyNormParams, Tensor4D, Tensor4D>,
  rms: (options) => rmsNorm<Tensor4D>(options),
};

export function multiHeadAttention(options: MultiHeadAttentionOptions): TokenAttention<MultiHeadAttentionParams> {
  const { dim, heads = 1, bias: biased = false, qkNorm, causal = false, epsilon = 1e-6, outDim = dim } = options;
  const headDim = options.headDim ?? dim / heads;
  if (!Number.isInteger(heads) || heads < 1 || !Number.isInteger(headDim) || headDim < 1) {
    throw new Error(`multiHeadAttention: dim must be a multiple of heads, got dim=${dim}, heads=${heads}, headDim=${headDim}`);
  }
  if (qkNorm !== undefined && !Object.hasOwn(norms, qkNorm))
    throw new Error(`multiHeadAttention: expected qkNorm to be ${Object.keys(norms).join(' or ')}, got ${qkNorm}`);
  const inner = heads * headDim;
  const queryKeyValue = named('queryKeyValue', withBias(biased, { from: dim, to: 3 * inner }));
  const normOf = (name: string): Module<QueryKeyNormParams, Tensor4D, Tensor4D> | undefined =>
    qkNorm && named(name, norms[qkNorm]({ dim: headDim, epsilon }));
  const [queryNorm, keyNorm] = [normOf('queryNorm'), normOf('keyNorm')];
  const out = named('out', linear({ from: inner, to: outDim }));

  return {
    axes: 'b head query key',
    over: 'key',
    init: (random) => ({
      queryKeyValue: queryKeyValue.init(random),
      ...(queryNorm && keyNorm && { queryNorm: queryNorm.init(random), keyNorm: keyNorm.init(random) }),
      out: out.init(random),
    }),
    forward: (params, { query: from, key: to = from, value: mixed = to, mask, bias }, mode) =>
      tf.tidy(() => {
        const { b, n } = sizes(from, 'b n d', { d: dim });
        const { n: m } = sizes(to, 'b n d', { b, d: dim });
        sizes(mixed, 'b n d', { b, n: m, d: dim });
        const scores = { ...(mask && { mask }), ...(bias && { bias }), causal };
        const project = (tokens: Tensor3D, first: number, parts: number): Tensor2D =>
          queryKeyValue.forward(
            columns(params.queryKeyValue, first * inner, parts * inner),
            tf.reshape(tokens, [-1, dim]) as Tensor2D,
            mode,
          );
        const together = from === to && to === mixed ? project(from, 0, 3) : undefined; // (b n) (3 head d)
        const apart = (): { query: Tensor4D; key: Tensor4D; value: Tensor4D } => {
          const parts = together ? tf.split(together, 3, 1) : [project(from, 0, 1), project(to, 1, 1), project(mixed, 2, 1)];
          const [q, k, value] = parts.map((part): Tensor4D => rearrange(part, '(b n) (head d) -> b head n d', { b, head: heads }));
          const query = queryNorm && params.queryNorm ? queryNorm.forward(params.queryNorm, q!, mode) : q!;
          const key = keyNorm && params.keyNorm ? keyNorm.forward(params.keyNorm, k!, mode) : k!;
          return { query, key, value: value! };
        };
        // read where it lies if nothing comes between the projection and the scores
        const packed = together && !queryNorm ? (tf.reshape(together, [b, n, 3, heads, headDim]) as Tensor5D) : undefined;
        const wanted = mode.wants(mode.path);
        const parts = packed && !wanted ? undefined : apart();
        const seen = packed
          ? packedAttention(packed, scores) // b n head d
          : rearrange<tf.Rank.R4>(scaledDotProductAttention({ ...parts!, ...scores }), 'b head n d -> b n head d');
        const rows = tf.reshape(seen, [b * n, inner]) as Tensor2D;
        return {
          output: tf.reshape(out.forward(params.out, rows, mode), [b, n, outDim]) as Tensor3D,
          weights: wanted ? attentionRows({ query: parts!.query, key: parts!.key, ...scores }) : undefined,
        };
      }),
  };
}

/** The part of a packed layer that makes `size` of its columns. */
const columns = ({ weight, bias }: ChosenBiasParams, from: number, size: number): ChosenBiasParams =>
  size === weight.shape[1]
    ? { weight, ...(bias && { bias }) }
    : { weight: tf.slice(weight, [0, from], [-1, size]), ...(bias && { bias: tf.slice(bias, from, size) }) };
