/** The logits of one image: how long one waits for an answer. */
import { contest } from '../contest';
import type { EngineName } from '../engines';
import type { Network } from '../task';
import type { Workload } from '../workload';

const latency = (name: string, network: Network, engines: readonly EngineName[]): Workload => ({
  name: `latency-${name}`,
  about: `the logits of one image of 32x32, ${name}`,
  standard: true,
  measure: (say) =>
    contest(
      {
        workload: `latency-${name}`,
        task: { kind: 'infer', network, size: 32 },
        engines: [
          'fovea compiled',
          'fovea eager',
          ...engines,
          'tensorflow function',
          'torch contiguous',
          'torch channels-last',
          'torch compile',
        ],
        threads: [1, 2],
        pace: { rounds: 8, turnMs: 200, mostMs: 9_000 },
      },
      say,
    ),
});

export const latencyResNet20: Workload = latency('resnet20', { kind: 'resNet20', attention: 'none' }, ['tfjs-node stock', 'tfjs wasm']);
export const latencyVisionTransformer: Workload = latency('vit', { kind: 'visionTransformer', patch: 4, dim: 192, depth: 6, heads: 3 }, [
  'tfjs wasm',
]);
