/**
 * Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022), 'b ... dim': each channel of each image by itself.
 *
 *   y = scale (x - mean) / sqrt(variance + epsilon) + shift        biased variance
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Module } from '../tensor/module';
import { type GroupNormParams, groupNorm } from './groupNorm';

export type InstanceNormOptions = { dim: number; epsilon?: number };

export const instanceNorm = <X extends Tensor>({ dim, epsilon = 1e-5 }: InstanceNormOptions): Module<GroupNormParams, X, X> =>
  groupNorm({ dim, groups: dim, epsilon });
