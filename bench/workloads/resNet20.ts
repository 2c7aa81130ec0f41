/** ResNet-20 (He et al. 2016, arXiv:1512.03385), projections where the shape changes: a training step on 128 images of 32x32. */
import { contest } from '../contest';
import type { Workload } from '../workload';

export const resNet20: Workload = {
  name: 'resnet20',
  about: 'a training step of ResNet-20, batch 128 of 32x32',
  standard: true,
  measure: (say) =>
    contest(
      {
        workload: 'resnet20',
        task: { kind: 'train', network: { kind: 'resNet20', attention: 'none' }, batch: 128, size: 32 },
        engines: [
          'fovea compiled',
          'fovea eager',
          'fovea without kernels',
          'tfjs-node stock',
          'tfjs wasm',
          'tensorflow function',
          'torch channels-last fused',
          'torch compile',
        ],
        threads: [1, 2],
      },
      say,
    ),
};
