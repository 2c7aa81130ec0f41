/** The largest value in each window, 'b h w c' -> 'b i j c', with PyTorch's options; the stride is the kernel where none is given. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module, NoParams } from '../tensor/module';
import { type MaxPoolOptions, maxPool } from '../tensor/ops';

export const maxPool2d = (options: MaxPoolOptions): Module<NoParams, Tensor4D, Tensor4D> => ({
  init: () => ({}),
  forward: (_, x) => tf.tidy(() => maxPool(x, options)),
});
