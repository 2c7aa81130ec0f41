/** The mean of each window, 'b h w c' -> 'b i j c', with PyTorch's options; the stride is the kernel where none is given. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module, NoParams } from '../tensor/module';
import { type AveragePoolOptions, averagePool } from '../tensor/ops';

export const avgPool2d = (options: AveragePoolOptions): Module<NoParams, Tensor4D, Tensor4D> => ({
  init: () => ({}),
  forward: (_, x) => tf.tidy(() => averagePool(x, options)),
});
