/**
 * Drop path, or stochastic depth (Huang et al. 2016, arXiv:1603.09382): while training, the branch of a whole image is zeroed
 * with probability `rate`, the rest scaled by 1 / (1 - rate). It stands at the end of a residual branch: y = x + dropPath(branch(x)).
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Module, NoParams } from '../tensor/module';
import { dropping } from './dropout';

export type DropPathOptions = { rate: number };

export const dropPath = <X extends Tensor>({ rate }: DropPathOptions): Module<NoParams, X, X> =>
  dropping('dropPath', rate, ([b = 1, ...rest]) => [b, ...rest.map(() => 1)]);
