/** What is plain data in training: an experiment stores it, a checkpoint compares it. */
import { type Clip, clipping } from './clip';
import { averaging, type MovingAverage } from './movingAverage';
import { makeOptimiser, type OptimiserChoice } from './optimisers/choice';
import type { Optimiser } from './optimisers/optimiser';
import type { PlateauOptions } from './plateau';
import type { Schedule } from './schedules';

export type TrainSettings = {
  readonly epochs: number;
  /** 1e-3 unless given. */
  readonly rate?: number;
  /** Adam unless given. */
  readonly optimiser?: OptimiserChoice;
  /** Half a cosine unless given. */
  readonly schedule?: Schedule;
  /** Lowers the rate that the schedule starts from. */
  readonly plateau?: PlateauOptions;
  readonly l1?: number;
  readonly l2?: number;
  readonly clip?: Clip;
  /** Validates and returns a moving average of the weights in place of the last ones. */
  readonly average?: MovingAverage;
  /** Stop after this many epochs without a lower validation loss. */
  readonly patience?: number;
};

/** Throws where a number makes no sense; `every` is that of the checkpoints. Options of parts are checked where these are made. */
export function checkSettings(
  { epochs, rate = 1, l1 = 0, l2 = 0, patience = 1 }: TrainSettings,
  { stepsPerEpoch, every = 1 }: { stepsPerEpoch: number; every: number | undefined },
): void {
  for (const [name, value] of Object.entries({ epochs, stepsPerEpoch, patience, every }))
    if (!Number.isInteger(value) || value < 1) throw new Error(`train: expected ${name} to be a whole number from 1, got ${value}`);
  if (!(rate > 0)) throw new Error(`train: expected rate to be above 0, got ${rate}`);
  if (!(l1 >= 0) || !(l2 >= 0)) throw new Error(`train: expected l1 and l2 from 0, got l1=${l1}, l2=${l2}`);
}

/** The optimiser named, given clipped gradients, with a moving average beside its slots. */
export function optimiserOf({ optimiser = { kind: 'adam' }, clip, average }: TrainSettings): Optimiser {
  const plain = makeOptimiser(optimiser);
  const clipped = clip ? clipping(plain, clip) : plain;
  return average ? averaging(clipped, average) : clipped;
}
