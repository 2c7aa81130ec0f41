/**
 * A small residual network: stem, one stage a width, pooling, dropout, head. Any attention fits its attention slot, any
 * pooling its pooling slot; all maps are in the trace under their path, `stages.1.0.attention` or `pooling`, and under
 * `features` what the pooling saw, 'b h w channel', from which class activation maps are made.
 *
 * `depth`: blocks a stage. `strides`: of the first block of each stage; 1 for the first and 2 for the others unless given. Grid: image / (stem x strides).
 * `shortcut` and `padding` are those of the blocks; `resNet` sets them as the published networks have them.
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { attend } from '../attention/attention';
import type { AttentionKind, AttentionParams, AttentionSlot, PoolingKind, PoolingParams, PoolingSlot } from '../attention/slot';
import { fillAttention, fillPooling } from '../attention/slot';
import { type ResidualBlockParams, residualBlock } from '../cnn/residualBlock';
import type { ShortcutKind } from '../cnn/shortcut';
import { type StemParams, stem as stemOf } from '../cnn/stem';
import { dropout } from '../layers/dropout';
import { type LinearParams, linear } from '../layers/linear';
import { named, traced } from '../tensor/module';
import type { Tree } from '../tensor/tree';
import type { Model } from './model';

export type ResidualNetworkParams<A extends Tree, Q extends Tree> = {
  stem: StemParams;
  stages: readonly (readonly ResidualBlockParams<A>[])[];
  pooling: Q;
  head: LinearParams;
};

export type ResidualNetworkOptions<Attention, Pooling> = {
  channels: number;
  classes: number;
  widths: readonly number[];
  depth?: number;
  stemStride?: number;
  strides?: readonly number[] | undefined;
  shortcut?: ShortcutKind;
  padding?: 'same' | number;
  dropoutRate?: number;
  attention: Attention;
  pooling: Pooling;
};

export function residualNetwork<
  AK extends AttentionKind = never,
  PK extends PoolingKind = never,
  A extends Tree = never,
  Q extends Tree = never,
>(
  options: ResidualNetworkOptions<AttentionSlot<AK, A>, PoolingSlot<PK, Q>>,
): Model<ResidualNetworkParams<AttentionParams<AK, A>, PoolingParams<PK, Q>>> {
  const {
    channels,
    classes,
    widths,
    depth = 1,
    stemStride = 1,
    dropoutRate = 0,
    shortcut = 'projection',
    padding = 'same',
    attention,
  } = options;
  const strides = options.strides ?? widths.map((_, stage) => (stage === 0 ? 1 : 2));
  const first = widths[0];
  const dim = widths.at(-1);
  if (first === undefined || dim === undefined) throw new Error('residualNetwork: widths must name at least one stage, got []');
  if (strides.length !== widths.length)
    throw new Error(`residualNetwork: expected a stride for each of ${widths.length} widths, got ${strides.length}`);

  const stem = named('stem', stemOf({ from: channels, to: first, stride: stemStride, padding }));
  const stages = widths.map((to, stage) =>
    Array.from({ length: depth }, (_, block) => {
      const from = block === 0 ? (widths[stage - 1] ?? first) : to;
      const stride = block === 0 ? strides[stage]! : 1;
      return named(
        `stages.${stage}.${block}`,
        residualBlock({ from, to, stride, shortcut, padding, attention: fillAttention(attention, to) }),
      );
    }),
  );
  const pooling = attend('pooling', fillPooling(options.pooling, dim));
  const drop = named('dropout', dropout<Tensor2D>({ rate: dropoutRate }));
  const head = named('head', linear({ from: dim, to: classes }));

  return {
    init: (random) => ({
      stem: stem.init(random),
      stages: stages.map((blocks) => blocks.map((block) => block.init(random))),
      pooling: pooling.init(random),
      head: head.init(random),
    }),
    forward: (params, images, mode) =>
      tf.tidy(() => {
        const { result: logits, trace } = traced(mode, (mode) => {
          let x: Tensor4D = stem.forward(params.stem, images, mode);
          stages.forEach((blocks, stage) => {
            blocks.forEach((block, index) => {
              x = block.forward(params.stages[stage]![index]!, x, mode);
            });
          });
          mode.capture('features', 'b h w channel', x);
          const summary = pooling.forward(params.pooling, x, mode);
          return head.forward(params.head, drop.forward({}, summary, mode), mode);
        });
        return { logits, trace };
      }),
  };
}
