/** A small vision transformer (Dosovitskiy et al. 2020, arXiv:2010.11929), mean pooling: a training step on 128 images of 32x32. */
import { contest } from '../contest';
import type { Workload } from '../workload';

export const visionTransformer: Workload = {
  name: 'vit',
  about: 'a training step of a vision transformer, dim 192, depth 6, 3 heads, 64 tokens, batch 128 of 32x32',
  standard: true,
  measure: (say) =>
    contest(
      {
        workload: 'vit',
        task: {
          kind: 'train',
          network: { kind: 'visionTransformer', patch: 4, dim: 192, depth: 6, heads: 3 },
          batch: 128,
          size: 32,
          rate: 3e-4,
        },
        engines: [
          'fovea compiled',
          'fovea eager',
          'fovea without kernels',
          'tensorflow function',
          'torch sdpa fused',
          'torch sdpa fused huge pages',
          'torch compile',
        ],
        threads: [1, 2],
      },
      say,
    ),
};
