/**
 * ResNet for small images (He et al. 2016, arXiv:1512.03385, section 4.2): a 3 x 3 stem, three stages of n basic blocks with 16,
 * 32 and 64 channels, the grid halved before the second and third, mean pooling, a linear head: 6 n + 2 layers with weights.
 *
 * It is `residualNetwork` with the paper's numbers and PyTorch's padding, under the names by which the networks are known, so
 * that its trace, slots and parameter paths are the same. Parameters at 3 channels and 10 classes: depth 20: 269,722 with
 * `shortcut: 'zeroPadding'` (option A) and 272,474 with 'projection' (B); 56: 853,018 and 855,770; 110: 1,727,962 and 1,730,714.
 */
import type { AttentionKind, AttentionParams, AttentionSlot, PoolingKind, PoolingParams, PoolingSlot } from '../attention/slot';
import type { Tree } from '../tensor/tree';
import type { Model } from './model';
import { type ResidualNetworkOptions, type ResidualNetworkParams, residualNetwork } from './residualNetwork';

export type ResNetOptions<Attention, Pooling> = Omit<
  ResidualNetworkOptions<Attention, Pooling>,
  'widths' | 'depth' | 'stemStride' | 'strides' | 'padding' | 'channels'
> & {
  /** Layers with weights: 2 and 2 for each block of each stage. */
  depth: number;
  widths?: readonly number[];
  channels?: number;
};

export function resNet<AK extends AttentionKind = never, PK extends PoolingKind = never, A extends Tree = never, Q extends Tree = never>({
  depth,
  widths = [16, 32, 64],
  channels = 3,
  ...options
}: ResNetOptions<AttentionSlot<AK, A>, PoolingSlot<PK, Q>>): Model<ResidualNetworkParams<AttentionParams<AK, A>, PoolingParams<PK, Q>>> {
  const blocks = (depth - 2) / (2 * widths.length);
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new Error(`resNet: expected a depth of ${2 * widths.length} n + 2, as 20 = 6 x 3 + 2, got ${depth} for ${widths.length} widths`);
  }
  return residualNetwork<AK, PK, A, Q>({ ...options, channels, widths, depth: blocks, padding: 1 });
}
