/** The mean over the grid. */
import type { Rank, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { meanOver } from './reductions';

/** Mean over the grid: b h w c -> b c. */
export const gridMean = (x: Tensor4D): Tensor2D => meanOver<Rank.R2>(x, [1, 2]);
