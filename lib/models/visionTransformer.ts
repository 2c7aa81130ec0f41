/**
 * Vision transformer (Dosovitskiy et al. 2020, arXiv:2010.11929): the image as patches, each a token; `depth` blocks in which
 * every token may look at every other; a summary; a linear head.
 *
 *   x = [class; patches(image)] + positions        x = block_i(x)        logits = head(norm(pool(x)))
 *
 * `pooling`: 'classToken' (the paper's, one learned token more, which is the summary) or a pooling of the grid of patches. The
 * norm stands after it: of a class token and of a mean that is what timm computes, at a fraction of the work. timm's defaults
 * are `mlpRatio` 4, learned positions and `bias: true` in the attention; drop path grows from 0 to its rate over the blocks.
 *
 * Maps under `blocks.0.attention`, 'b head query key' (token 0 is the class token where there is one), under `pooling`, and
 * under `grid` the patches after the last block, 'b h w channel' (not `features`, from which class activation maps are made: the
 * norm behind them makes a logit no sum over positions).
 */
import type { Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { attend } from '../attention/attention';
import type {
  PoolingKind,
  PoolingParams,
  PoolingSlot,
  TokenAttentionKind,
  TokenAttentionParams,
  TokenAttentionSlot,
} from '../attention/slot';
import { fillPooling, fillTokenAttention } from '../attention/slot';
import { type TransformerBlockParams, transformerBlock } from '../attention/transformerBlock';
import { dropout } from '../layers/dropout';
import { type LayerNormParams, layerNorm } from '../layers/layerNorm';
import { type LinearParams, linear } from '../layers/linear';
import { patchEmbed } from '../layers/patchEmbed';
import { type LearnedPositionsParams, learnedPositions, sinePositions } from '../layers/positions';
import { sizes } from '../tensor/axes';
import { type Module, type NoParams, named, traced } from '../tensor/module';
import { broadcast } from '../tensor/ops';
import type { Tree } from '../tensor/tree';
import type { Model } from './model';

export type VisionTransformerParams<A extends Tree, Q extends Tree> = {
  patches: LinearParams;
  classToken?: Tensor1D;
  positions: LearnedPositionsParams | NoParams;
  blocks: readonly TransformerBlockParams<A>[];
  pooling: Q;
  norm: LayerNormParams;
  head: LinearParams;
};

export type VisionTransformerOptions<Attention, Pooling> = {
  channels: number;
  classes: number;
  /** Height and width in pixels. */
  image: readonly [height: number, width: number];
  patch: number;
  dim: number;
  depth: number;
  attention: Attention;
  pooling: 'classToken' | Pooling;
  /** A class token, also where another pooling makes the summary. */
  classToken?: boolean;
  positions?: 'learned' | 'sine' | 'none';
  mlpRatio?: number;
  /** What LayerScale starts with; left out, there is none. */
  layerScale?: number | undefined;
  /** After the positions and in each mlp. */
  dropoutRate?: number;
  dropPathRate?: number;
  epsilon?: number;
};

/** The parameters of the pooling; of a class token none. */
type Pooled<K extends PoolingKind, Q extends Tree> = [K] extends [never] ? ([Q] extends [never] ? NoParams : Q) : PoolingParams<K, Q>;

export function visionTransformer<
  AK extends TokenAttentionKind = never,
  PK extends PoolingKind = never,
  A extends Tree = never,
  Q extends Tree = never,
>(
  options: VisionTransformerOptions<TokenAttentionSlot<AK, A>, PoolingSlot<PK, Q>>,
): Model<VisionTransformerParams<TokenAttentionParams<AK, A>, Pooled<PK, Q>>> {
  const { channels, classes, image, patch, dim, depth, mlpRatio = 4, dropoutRate = 0, dropPathRate = 0, epsilon = 1e-6 } = options;
  const [height, width] = [image[0] / patch, image[1] / patch];
  if (!Number.isInteger(height) || !Number.isInteger(width))
    throw new Error(`visionTransformer: expected an image that patch=${patch} divides, got ${image[0]} x ${image[1]}`);
  if (!Number.isInteger(depth) || depth < 1) throw new Error(`visionTransformer: expected a depth from 1, got ${depth}`);
  const { classToken = options.pooling === 'classToken', positions = 'learned' } = options;
  if (!classToken && options.pooling === 'classToken')
    throw new Error('visionTransformer: expected a class token, which is what pooling=classToken reads, got classToken=false');
  const tokens = height * width + (classToken ? 1 : 0);

  const embed = named('patches', patchEmbed({ channels, dim, patch }));
  const place = named('positions', placing(positions, { grid: [height, width], tokens, dim }));
  const drop = named('dropout', dropout<Tensor3D>({ rate: dropoutRate }));
  const blocks = Array.from({ length: depth }, (_, index) =>
    named(
      `blocks.${index}`,
      transformerBlock({
        dim,
        attention: fillTokenAttention(options.attention, dim),
        mlpRatio,
        layerScale: options.layerScale,
        dropoutRate,
        dropPathRate: (dropPathRate * index) / Math.max(1, depth - 1),
        epsilon,
      }),
    ),
  );
  const pooling = options.pooling === 'classToken' ? undefined : attend('pooling', fillPooling(options.pooling, dim));
  const norm = named('norm', layerNorm<Tensor2D>({ dim, epsilon }));
  const head = named('head', linear({ from: dim, to: classes }));

  return {
    init: (random) => ({
      patches: embed.init(random),
      ...(classToken && { classToken: tf.zeros<tf.Rank.R1>([dim]) }),
      positions: place.init(random),
      blocks: blocks.map((block) => block.init(random)),
      pooling: (pooling?.init(random) ?? {}) as Pooled<PK, Q>,
      norm: norm.init(random),
      head: head.init(random),
    }),
    forward: (params, images, mode) =>
      tf.tidy(() => {
        const { b } = sizes(images, 'b h w c', { h: image[0], w: image[1], c: channels });
        const { result: logits, trace } = traced(mode, (mode) => {
          const patches = tf.reshape(embed.forward(params.patches, images, mode), [b, height * width, dim]) as Tensor3D;
          const first = params.classToken && broadcast<tf.Rank.R3>(params.classToken, [b, 1, dim]);
          let x = drop.forward({}, place.forward(params.positions, { patches, first }, mode), mode);
          blocks.forEach((block, index) => {
            x = block.forward(params.blocks[index]!, x, mode);
          });
          const patchesOf = (x: Tensor3D): Tensor3D => (classToken ? tf.slice(x, [0, 1, 0], [b, height * width, dim]) : x);
          const grid = (): Tensor4D => tf.reshape(patchesOf(x), [b, height, width, dim]) as Tensor4D;
          if (mode.wants('grid')) mode.capture('grid', 'b h w channel', grid());
          const summary = pooling
            ? pooling.forward(params.pooling as never, grid(), mode)
            : (tf.reshape(tf.slice(x, [0, 0, 0], [b, 1, dim]), [b, dim]) as Tensor2D);
          return head.forward(params.head, norm.forward(params.norm, summary, mode), mode);
        });
        return { logits, trace };
      }),
  };
}

type Parts = { readonly patches: Tensor3D; readonly first: Tensor3D | undefined };
type Placing = { readonly grid: readonly [number, number]; readonly tokens: number; readonly dim: number };

/** Tokens with their positions: learned ones for all, sines for the patches, which alone have a place. */
function placing(
  kind: 'learned' | 'sine' | 'none',
  { grid, tokens, dim }: Placing,
): Module<LearnedPositionsParams | NoParams, Parts, Tensor3D> {
  const joined = ({ first, patches }: Parts): Tensor3D => (first ? tf.concat([first, patches], 1) : patches);
  if (kind === 'none') return { init: () => ({}), forward: (_, parts) => joined(parts) };
  if (kind === 'sine') {
    const sine = sinePositions<Tensor3D>({ shape: grid, dim });
    return { init: sine.init, forward: (_, { patches, first }, mode) => joined({ patches: sine.forward({}, patches, mode), first }) };
  }
  if (kind !== 'learned') throw new Error(`visionTransformer: positions must be learned, sine or none, got ${kind}`);
  const learned = learnedPositions<Tensor3D>({ shape: [tokens], dim });
  return {
    init: learned.init,
    forward: (params, parts, mode) => learned.forward(params as LearnedPositionsParams, joined(parts), mode),
  };
}
