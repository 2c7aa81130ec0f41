/** An experiment is data: what is asked, of which images, with which model, trained how, from which seeds. Variants are made by spread. */
import { z } from 'zod';
import * as attentions from '../attention/all';
import * as poolings from '../attention/pooling/all';
import type { AttentionChoice, PoolingChoice, TokenAttentionChoice } from '../attention/slot';
import * as tokenAttentions from '../attention/tokens/all';
import type { AugmentChoice } from '../data/augment/compose';
import type { ImageSet } from '../data/imageSet';
import type { DataChoice } from '../data/loadData';
import type { Model } from '../models/model';
import { type ResidualNetworkOptions, residualNetwork } from '../models/residualNetwork';
import { type ResNetOptions, resNet } from '../models/resNet';
import { type VisionTransformerOptions, visionTransformer } from '../models/visionTransformer';
import type { Tree } from '../tensor/tree';
import type { TrainSettings } from '../train/settings';

/** A model of the map by its kind, with what the images do not say themselves. */
export type ModelChoice =
  | ({ readonly kind: 'residualNetwork' } & Omit<ResidualNetworkOptions<AttentionChoice, PoolingChoice>, Known>)
  | ({ readonly kind: 'resNet' } & Omit<ResNetOptions<AttentionChoice, PoolingChoice>, Known>)
  | ({ readonly kind: 'visionTransformer' } & Omit<VisionTransformerOptions<TokenAttentionChoice, PoolingChoice>, Known>);
type Known = 'channels' | 'classes' | 'image';
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
const widths = z.array(whole).min(1);
const rate = z.number().min(0).max(0.999);
const residual = {
  shortcut: z.enum(['projection', 'zeroPadding']).optional(),
  dropoutRate: rate.optional(),
  attention: kindOf(attentions),
  pooling: kindOf(poolings),
};
const form = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/i, 'expected letters, digits and single hyphens'),
  question: z.string().min(1),
  data: z.looseObject({ kind: z.string() }), // its options are checked where the data are made
  model: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('residualNetwork'),
      widths,
      depth: whole.optional(),
      stemStride: whole.optional(),
      strides: z.array(whole).optional(),
      padding: z.union([z.literal('same'), z.int().min(0)]).optional(),
      ...residual,
    }),
    z.strictObject({ kind: z.literal('resNet'), depth: whole, widths: widths.optional(), ...residual }),
    z.strictObject({
      kind: z.literal('visionTransformer'),
      patch: whole,
      dim: whole,
      depth: whole,
      attention: kindOf(tokenAttentions),
      pooling: z.union([z.literal('classToken'), kindOf(poolings)]),
      classToken: z.boolean().optional(),
      positions: z.enum(['learned', 'sine', 'none']).optional(),
      mlpRatio: z.number().positive().optional(),
      layerScale: z.number().optional(),
      dropoutRate: rate.optional(),
      dropPathRate: rate.optional(),
      epsilon: z.number().positive().optional(),
    }),
  ]),
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

/** The model an experiment names, for such images. */
export function makeModel(choice: ModelChoice, { channels, height, width, classes }: Images): Model<Tree> {
  const images = { channels, classes: classes.length };
  // the choice is plain data, so the type of its parameters is not known here: any tree
  return made({ ...choice, ...images }, [height, width]) as Model<Tree>;
}
export type Images = Pick<ImageSet, 'channels' | 'height' | 'width' | 'classes'>;

function made(choice: ModelChoice & { channels: number; classes: number }, image: [number, number]): unknown {
  switch (choice.kind) {
    case 'residualNetwork':
      return residualNetwork(choice as never);
    case 'resNet':
      return resNet(choice as never);
    case 'visionTransformer':
      return visionTransformer({ ...choice, image } as never);
  }
}
