/** A step so small that the bench itself is tested with it: engines of ours alone, in seconds. */
import { contest } from '../contest';
import type { Workload } from '../workload';

export const tiny: Workload = {
  name: 'tiny',
  about: 'a training step of a network of one block of 4 channels, batch 8 of 8x8, which tests the bench',
  standard: false,
  measure: (say) =>
    contest(
      {
        workload: 'tiny',
        task: { kind: 'train', network: { kind: 'tiny' }, batch: 8, size: 8, rate: 3e-4 },
        engines: ['fovea compiled', 'fovea eager'],
        threads: [1],
        pace: { rounds: 2, turnMs: 50, mostMs: 1_000 },
      },
      say,
    ),
};
