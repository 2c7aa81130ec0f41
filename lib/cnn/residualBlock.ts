/**
 * Basic residual block (He et al. 2016, arXiv:1512.03385) with an attention slot before the sum, as in SE-ResNet.
 *
 *   y = relu(attention(bn(conv(relu(bn(conv(x)))))) + shortcut(x))        shortcut: x, or bn(conv 1x1) where the shape changes
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Attention, attend } from '../attention/attention';
import { type BatchNormParams, batchNorm } from '../layers/batchNorm';
import { type Conv2dParams, conv2d } from '../layers/conv2d';
import { type Module, named } from '../tensor/module';
import { relu } from '../tensor/ops';
import type { Tree } from '../tensor/tree';

export type ResidualBlockOptions<A extends Tree> = { from: number; to: number; stride?: number; attention: Attention<A> };
export type ResidualBlockParams<A extends Tree> = {
  conv1: Conv2dParams;
  norm1: BatchNormParams;
  conv2: Conv2dParams;
  norm2: BatchNormParams;
  attention: A;
  shortcut: { conv: Conv2dParams; norm: BatchNormParams } | undefined;
};

export function residualBlock<A extends Tree>(options: ResidualBlockOptions<A>): Module<ResidualBlockParams<A>, Tensor4D, Tensor4D> {
  const { from, to, stride = 1 } = options;
  const conv1 = named('conv1', conv2d({ from, to, stride }));
  const norm1 = named('norm1', batchNorm({ dim: to }));
  const conv2 = named('conv2', conv2d({ from: to, to }));
  const norm2 = named('norm2', batchNorm({ dim: to }));
  const attention = attend('attention', options.attention);
  const shortcut = stride !== 1 || from !== to ? named('shortcut', projectedShortcut(from, to, stride)) : undefined;

  return {
    init: (random) => ({
      conv1: conv1.init(random),
      norm1: norm1.init(random),
      conv2: conv2.init(random),
      norm2: norm2.init(random),
      attention: attention.init(random),
      shortcut: shortcut?.init(random),
    }),
    forward: (params, x, mode) =>
      tf.tidy(() => {
        const hidden = relu(norm1.forward(params.norm1, conv1.forward(params.conv1, x, mode), mode));
        const y = norm2.forward(params.norm2, conv2.forward(params.conv2, hidden, mode), mode);
        const skip = shortcut && params.shortcut ? shortcut.forward(params.shortcut, x, mode) : x;
        return relu(tf.add(attention.forward(params.attention, y, mode), skip));
      }),
  };
}

function projectedShortcut(
  from: number,
  to: number,
  stride: number,
): Module<{ conv: Conv2dParams; norm: BatchNormParams }, Tensor4D, Tensor4D> {
  const conv = named('conv', conv2d({ from, to, stride, kernel: 1 }));
  const norm = named('norm', batchNorm({ dim: to }));
  return {
    init: (random) => ({ conv: conv.init(random), norm: norm.init(random) }),
    forward: (params, x, mode) => norm.forward(params.norm, conv.forward(params.conv, x, mode), mode),
  };
}
