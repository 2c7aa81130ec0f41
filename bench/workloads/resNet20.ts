/**
 * ResNet-20 (He et al. 2016, arXiv:1512.03385), projections where the shape changes: a training step on 128 images of 32x32.
 * The same with squeeze-and-excitation and with CBAM in every block: what attention costs.
 */
import { contest } from '../contest';
import type { EngineName } from '../engines';
import type { Network } from '../task';
import type { Workload } from '../workload';

type Attention = Extract<Network, { kind: 'resNet20' }>['attention'];

const resNet = (name: string, words: string, attention: Attention, more: readonly EngineName[]): Workload => ({
  name,
  about: `a training step of ResNet-20${words}, batch 128 of 32x32`,
  standard: true,
  measure: (say) =>
    contest(
      {
        workload: name,
        task: { kind: 'train', network: { kind: 'resNet20', attention }, batch: 128, size: 32, rate: 3e-4 },
        engines: [
          'fovea compiled',
          ...more,
          'tfjs-node stock',
          'tensorflow function',
          'torch channels-last fused',
          'torch channels-last fused huge pages',
          'torch compile',
        ],
        threads: [1, 2],
      },
      say,
    ),
});

export const resNet20: Workload = resNet('resnet20', '', 'none', ['fovea eager', 'fovea without kernels', 'tfjs wasm']);
export const resNet20SqueezeExcite: Workload = resNet('resnet20-se', ' with squeeze-and-excitation', 'squeezeExcite', []);
export const resNet20Cbam: Workload = resNet('resnet20-cbam', ' with CBAM', 'cbam', []);
