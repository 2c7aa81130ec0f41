/** The first layer of a residual network: y = relu(bn(conv(x))), 'b h w from' -> 'b h w to'. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type BatchNormParams, batchNorm } from '../layers/batchNorm';
import { type Conv2dParams, conv2d } from '../layers/conv2d';
import { type Module, named } from '../tensor/module';

export type StemOptions = { from: number; to: number; stride?: number; padding?: 'same' | number };
export type StemParams = { conv: Conv2dParams; norm: BatchNormParams };

export function stem({ from, to, stride = 1, padding = 'same' }: StemOptions): Module<StemParams, Tensor4D, Tensor4D> {
  const conv = named('conv', conv2d({ from, to, stride, padding }));
  const norm = named('norm', batchNorm({ dim: to, relu: true }));
  return {
    init: (random) => ({ conv: conv.init(random), norm: norm.init(random) }),
    forward: (params, x, mode) => tf.tidy(() => norm.forward(params.norm, conv.forward(params.conv, x, mode), mode)),
  };
}
