/**
 * Convolutional Block Attention Module (Woo et al. 2018, arXiv:1807.06521): first which channels, then where.
 *
 *   c = sigmoid(mlp(mean_hw(x)) + mlp(max_hw(x)))                       x' = c * x
 *   s = sigmoid(bn(conv_k([mean_c(x'); max_c(x')])))                    y = s * x'
 *
 * weights { channel 'b channel', spatial 'b h w' }: how much of each channel passes and how much of each position, both gates
 * from 0 to 1. As in the authors' code the mlp has biases (timm has none: `bias` false) and the convolution none, and the
 * statistics of its batch norm move by 0.01 (`momentum`); their planes come in the order max, mean, the paper's and ours mean, max.
 *
 * `pools` are the summaries that the channel gate adds up; `light` (timm's light CBAM) halves the work: the mean of the pools
 * goes through the mlp once, and the mean of the two planes through a convolution of one plane. `spatial` false: channels alone.
 */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type BatchNormParams, batchNorm } from '../layers/batchNorm';
import { type Conv2dParams, conv2d } from '../layers/conv2d';
import { sizes } from '../tensor/axes';
import { type Module, named } from '../tensor/module';
import { gateChannels, gateChannelsPlanes, gatePixels, gridMean, gridSummary, logSumExp, meanOver, sigmoid, sumOver } from '../tensor/ops';
import type { Attention } from './attention';
import { hiddenWidth, type SqueezeMlpParams, type SqueezeOptions, squeezeMlp } from './squeezeMlp';

/** Of the values of a channel: mean, largest, root of the sum of squares, log of the sum of exponentials. */
export type ChannelPool = 'mean' | 'max' | 'norm' | 'logSumExp';
export type CbamOptions = SqueezeOptions & {
  kernel?: number;
  pools?: readonly ChannelPool[];
  light?: boolean;
  spatial?: boolean;
  momentum?: number;
};
export type CbamParams = { channel: SqueezeMlpParams; spatial?: { conv: Conv2dParams; norm: BatchNormParams } };

const POOLS: readonly ChannelPool[] = ['mean', 'max', 'norm', 'logSumExp'];

/** b c each. */
function summaries(x: Tensor4D, pools: readonly ChannelPool[]): Tensor2D[] {
  const { mean, max } = pools.includes('max') ? gridSummary(x) : { mean: undefined, max: undefined };
  const of: { readonly [P in ChannelPool]: () => Tensor2D } = {
    mean: () => mean ?? gridMean(x),
    max: () => max!,
    norm: () => tf.sqrt(tf.maximum(sumOver(tf.square(x), [1, 2]), 1e-30)), // the root has no slope at 0, where a dead channel is
    logSumExp: () => logSumExp(x, [1, 2]),
  };
  return pools.map((pool) => of[pool]());
}

export function cbam(options: CbamOptions): Attention<CbamParams> {
  const { dim, bias = true, kernel = 7, pools = ['mean', 'max'], light = false, momentum = 0.01 } = options;
  if (!Number.isInteger(kernel) || kernel < 1 || kernel % 2 === 0)
    throw new Error(`cbam: kernel must be an odd number from 1, got ${kernel}`);
  const unknown = pools.find((pool) => !POOLS.includes(pool));
  if (pools.length === 0 || unknown !== undefined)
    throw new Error(`cbam: pools must be some of ${POOLS.join(', ')}, got ${unknown ?? 'none'}`);
  const channel = named('channel', squeezeMlp({ dim, hidden: hiddenWidth('cbam', options), bias }));
  const spatial = options.spatial === false ? undefined : named('spatial', spatialScores({ kernel, planes: light ? 1 : 2, momentum }));

  return {
    axes: spatial ? { channel: 'b channel', spatial: 'b h w' } : { channel: 'b channel' },
    init: (random) => ({ channel: channel.init(random), ...(spatial && { spatial: spatial.init(random) }) }),
    forward: (params, x, mode) =>
      tf.tidy(() => {
        const { b, h, w } = sizes(x, 'b h w c', { c: dim });
        const found = summaries(x, pools);
        const scores = (light ? [mean(found)] : found).map((summary) => channel.forward(params.channel, summary, mode));
        const channelWeights = sigmoid(tf.addN(scores)); // b c
        if (!spatial || !params.spatial) return { output: gateChannels(x, channelWeights), weights: { channel: channelWeights } };
        const { y, planes } = gateChannelsPlanes(x, channelWeights); // planes b h w 2: mean, max
        const gate = sigmoid(spatial.forward(params.spatial, light ? meanOver(planes, 3, true) : planes, mode)); // b h w 1
        return { output: gatePixels(y, gate), weights: { channel: channelWeights, spatial: tf.reshape(gate, [b, h, w]) } };
      }),
  };
}

const mean = <T extends Tensor>(all: readonly T[]): T => tf.mul(tf.addN([...all]), 1 / all.length);

type SpatialScores = Module<{ conv: Conv2dParams; norm: BatchNormParams }, Tensor4D, Tensor4D>;

function spatialScores({ kernel, planes, momentum }: { kernel: number; planes: number; momentum: number }): SpatialScores {
  const conv = named('conv', conv2d({ from: planes, to: 1, kernel }));
  const norm = named('norm', batchNorm({ dim: 1, momentum }));
  return {
    init: (random) => ({ conv: conv.init(random), norm: norm.init(random) }),
    forward: (params, x, mode) => norm.forward(params.norm, conv.forward(params.conv, x, mode), mode),
  };
}
