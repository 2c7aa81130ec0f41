/** An experiment is data: what is asked, of which images, with which model, trained how, from which seeds. Variants are made by spread. */
import { z } from 'zod';
import * as attentions from '../attention/all';
import * as poolings from '../attention/pooling/all';
import type { AttentionChoice, PoolingChoice } from '../attention/slot';
import type { AugmentChoice } from '../data/augment/compose';
import type { DataChoice } from '../data/loadData';
import type { Model } from '../models/model';
import { residualNetwork } from '../models/residualNetwork';
import type { Tree } from '../tensor/tree';
import type { TrainSettings } from '../train/settings';

export type ModelChoice = {
  readonly kind: 'residualNetwork';
  readonly widths: readonly number[];
  readonly depth?: number;
  readonly stemStride?: number;
  readonly strides?: readonly number[];
  readonly dropoutRate?: number;
  readonly attention: AttentionChoice;
  readonly pooling: PoolingChoice;
};
export type TrainChoice = TrainSettings & { readonly batchSize: number; readonly augment?: readonly AugmentChoice[] };

export type Experiment = {
  /** Begins the names of its runs: letters, digits and hyphens. */
  readonly name: string;
  readonly question: string;
  readonly data: DataChoice;
  readonly model: ModelChoice;
  readonly train: TrainChoice;
  readonly seeds: readonly number[];
};

const kindOf = (all: object): z.ZodType => z.looseObject({ kind: z.enum(Object.keys(all) as [string, ...string[]]) });
const whole = z.int().min(1);
const form = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/i, 'expected letters, digits and single hyphens'),
  question: z.string().min(1),
  data: z.looseObject({ kind: z.string() }), // its options are checked where the data are made
  model: z.strictObject({
    kind: z.literal('residualNetwork'),
    widths: z.array(whole).min(1),
    depth: whole.optional(),
    stemStride: whole.optional(),
    strides: z.array(whole).optional(),
    dropoutRate: z.number().min(0).max(0.999).optional(),
    attention: kindOf(attentions),
    pooling: kindOf(poolings),
  }),
  train: z.strictObject({
    epochs: whole,
    batchSize: whole,
    rate: z.number().positive().optional(),
    optimiser: z.looseObject({ kind: z.string() }).optional(),
    schedule: z.looseObject({ kind: z.string() }).optional(),
    plateau: z.looseObject({}).optional(),
    clip: z.looseObject({ kind: z.string() }).optional(),
    average: z.looseObject({ decay: z.number() }).optional(),
    l1: z.number().min(0).optional(),
    l2: z.number().min(0).optional(),
    patience: whole.optional(),
    augment: z.array(z.looseObject({ kind: z.string() })).optional(),
  }),
  seeds: z.array(z.int()).min(1).refine((seeds) => new Set(seeds).size === seeds.length, 'expected each seed once'), // biome-ignore format: one line a field
});

/** Throws an error that names every field that is wrong; returns the experiment as it was. */
export function checkExperiment(experiment: Experiment): Experiment {
  const found = form.safeParse(experiment);
  if (found.success) return experiment;
  const problems = found.error.issues.map((issue) => `${issue.path.join('.') || 'experiment'}: ${issue.message}`);
  throw new Error(`experiment: ${problems.join('; ')}`);
}

/** The model an experiment names, for images of so many channels and classes. */
export function makeModel(choice: ModelChoice, channels: number, classes: number): Model<Tree> {
  const { kind: _, attention, pooling, ...options } = choice;
  // the choice is plain data, so the type of its parameters is not known here: any tree
  return residualNetwork({
    ...options,
    channels,
    classes,
    attention: attention as never,
    pooling: pooling as never,
  }) as unknown as Model<Tree>;
}
