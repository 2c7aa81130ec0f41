/**
 * What a training keeps so that it can go on to the bit where it was: the tensors of its state and of the best epoch, and
 * this. Everything random in a step is a function of seed and step, and the batches of an epoch of seed and epoch, so the
 * streams of random numbers and the place in the data are numbers too.
 */
import type { Tree } from '../tensor/tree';
import type { EpochRecord } from './epochRecord';
import type { PlateauState } from './plateau';
import type { TrainSettings } from './settings';

export type TrainingProgress = {
  readonly settings: TrainSettings & { readonly seed: number; readonly stepsPerEpoch: number };
  /** The one begun, from 1, and how many of its batches were taken. */
  readonly epoch: number;
  readonly batch: number;
  /** Steps done. */
  readonly step: number;
  /** Over the batches of the epoch begun; `rate` is that of the last step. */
  readonly sums: { readonly loss: number; readonly right: number; readonly images: number; readonly rate: number };
  readonly best: { readonly epoch: number; readonly loss: number };
  readonly plateau: PlateauState;
  readonly history: readonly EpochRecord[];
};

/** Where checkpoints are kept: `checkpointStore` is one on the disk. */
export type CheckpointStore = {
  readonly save: (tensors: Tree, progress: TrainingProgress) => Promise<void>;
  /** The newest, if there is one; `load` reads its tensors, in the structure of `like`. */
  readonly latest: () => { readonly progress: TrainingProgress; readonly load: <T extends Tree>(like: T) => Promise<T> } | undefined;
};

/** Refuses to go on under settings other than those of the checkpoint: the result would be that of neither. */
export function checkSame(found: TrainingProgress['settings'], wanted: TrainingProgress['settings']): void {
  const fields = new Set([...Object.keys(found), ...Object.keys(wanted)] as (keyof TrainingProgress['settings'])[]);
  for (const field of fields) {
    const [before, now] = [text(found[field]), text(wanted[field])];
    if (before !== now)
      throw new Error(
        `train: expected ${field} as in the checkpoint to go on from, ${before}, got ${now}; use the same settings or another folder`,
      );
  }
}

/** The same for records of any order of fields. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_, node: unknown) =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  ) ?? 'none';
