/** Attention alone, 6 heads of 64, forward and backward, at three lengths with about the same arithmetic between them. */
import { contest } from '../contest';
import type { Workload } from '../workload';

const attention = (tokens: number, batch: number): Workload => ({
  name: `attention-${tokens}`,
  about: `attention forward and backward, ${batch} images of ${tokens} tokens, 6 heads of 64`,
  standard: true,
  measure: (say) =>
    contest(
      {
        workload: `attention-${tokens}`,
        task: { kind: 'attention', batch, heads: 6, tokens, headDim: 64 },
        engines: ['fovea compiled', 'fovea without kernels', 'tensorflow function', 'torch sdpa'],
        threads: [1, 2],
      },
      say,
    ),
});

export const attention196: Workload = attention(196, 32);
export const attention1024: Workload = attention(1024, 4);
export const attention4096: Workload = attention(4096, 1);
