/**
 * Spatial dropout (Tompson et al. 2015, arXiv:1411.4280): while training, whole channels of an image are zeroed with probability
 * `rate`, the rest scaled by 1 / (1 - rate). Neighbouring pixels tell of each other, so dropping single ones hides little.
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Module, NoParams } from '../tensor/module';
import { dropping } from './dropout';

export type Dropout2dOptions = { rate: number };

export const dropout2d = ({ rate }: Dropout2dOptions): Module<NoParams, Tensor4D, Tensor4D> =>
  dropping('dropout2d', rate, ([b = 1, , , c = 1]) => [b, 1, 1, c]);
