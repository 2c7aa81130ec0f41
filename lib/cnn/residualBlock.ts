/**
 * Basic residual block (He et al. 2016, arXiv:1512.03385) with an attention slot before the sum, as in SE-ResNet.
 *
 *   y = relu(attention(bn(conv(relu(bn(conv(x)))))) + shortcut(x))        shortcut: x, or what fits where the shape changes
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Attention, attend } from '../attention/attention';
import { type BatchNormParams, batchNorm } from '../layers/batchNorm';
import { type Conv2dParams, conv2d } from '../layers/conv2d';
import { type Module, named } from '../tensor/module';
import { addRelu } from '../tensor/ops';
import type { Tree } from '../tensor/tree';
import { type ShortcutKind, type ShortcutParams, shortcut as shortcutOf } from './shortcut';

export type ResidualBlockOptions<A extends Tree> = {
  from: number;
  to: number;
  stride?: number;
  attention: Attention<A>;
  shortcut?: ShortcutKind;
  /** Of the 3 x 3 convolutions: TensorFlow's 'same', or 1 as in PyTorch. */
  padding?: 'same' | number;
};
export type ResidualBlockParams<A extends Tree> = {
  conv1: Conv2dParams;
  norm1: BatchNormParams;
  conv2: Conv2dParams;
  norm2: BatchNormParams;
  attention: A;
  shortcut: ShortcutParams;
};

export function residualBlock<A extends Tree>(options: ResidualBlockOptions<A>): Module<ResidualBlockParams<A>, Tensor4D, Tensor4D> {
  const { from, to, stride = 1, shortcut: kind = 'projection', padding = 'same' } = options;
  const conv1 = named('conv1', conv2d({ from, to, stride, padding }));
  const norm1 = named('norm1', batchNorm({ dim: to, relu: true }));
  const conv2 = named('conv2', conv2d({ from: to, to, padding }));
  const { handsOn = false } = options.attention;
  const norm2 = named('norm2', batchNorm({ dim: to, relu: handsOn }));
  const attention = attend('attention', options.attention);
  const shortcut = stride !== 1 || from !== to ? named('shortcut', shortcutOf({ from, to, stride, kind })) : undefined;

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
        const hidden = norm1.forward(params.norm1, conv1.forward(params.conv1, x, mode), mode);
        const y = conv2.forward(params.conv2, hidden, mode);
        const skip = shortcut ? shortcut.forward(params.shortcut, x, mode) : x;
        if (handsOn) return norm2.forward(params.norm2, { x: y, residual: skip }, mode); // sum and relu in the pass of the norm
        return addRelu(attention.forward(params.attention, norm2.forward(params.norm2, y, mode), mode), skip);
      }),
  };
}
