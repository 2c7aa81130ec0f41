/** Pooling to a given number of bins, 'b h w c' -> 'b i j c': the mean or the largest value of each (bins as in PyTorch). */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module, NoParams } from '../tensor/module';
import { adaptiveAveragePool, adaptiveMaxPool, type Pair } from '../tensor/ops';

export type AdaptivePoolOptions = { size: Pair };
type Pool = Module<NoParams, Tensor4D, Tensor4D>;

const pool =
  (body: (x: Tensor4D, size: Pair) => Tensor4D) =>
  ({ size }: AdaptivePoolOptions): Pool => ({ init: () => ({}), forward: (_, x) => tf.tidy(() => body(x, size)) });

export const adaptiveAvgPool2d: (options: AdaptivePoolOptions) => Pool = pool(adaptiveAveragePool);
export const adaptiveMaxPool2d: (options: AdaptivePoolOptions) => Pool = pool(adaptiveMaxPool);
