/** A workload: what `fovea bench NAME` measures. */
import type { Outcome, Say } from './contest';

export type Workload = {
  readonly name: string;
  /** What a step is, in words. */
  readonly about: string;
  /** Whether it is part of the standard set. */
  readonly standard: boolean;
  readonly measure: (say: Say) => Promise<Outcome>;
};
