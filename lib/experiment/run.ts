/**
 * `await run(experiment)`: every seed trained, measured on the test part once, and written down under `runs/<id>/`. A
 * finished run of the same configuration, seed and data is found again instead of repeated, one that was interrupted or killed is
 * gone on with from its last checkpoint, to the same bits.
 */
import { renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { compose } from '../data/augment/compose';
import { batchCount, batches } from '../data/batches';
import { type ImageSet, type Split, splitHash } from '../data/imageSet';
import { loadData } from '../data/loadData';
import { type Moments, moments } from '../data/moments';
import { cellSignal } from '../display/cell';
import { type Progress, progress } from '../display/progress';
import type { Model } from '../models/model';
import { makeFolder } from '../native/atomic';
import { ready } from '../native/backend';
import { loadCheckpoint, saveCheckpoint } from '../native/checkpoint';
import { checkpointStore } from '../native/checkpointStore';
import { isAlive } from '../native/isAlive';
import { countParameters } from '../tensor/module';
import { initRandom } from '../tensor/random';
import { dispose, type Tree } from '../tensor/tree';
import type { ImageBatch } from '../train/batch';
import type { EpochRecord } from '../train/epochRecord';
import { evaluate } from '../train/evaluate';
import { type Trained, train } from '../train/train';
import { checkExperiment, type Experiment, makeModel } from './experiment';
import { configHash, findFinished, listRuns, openRun, type Run, type StoredRun } from './runs';

export type SeedResult = {
  readonly seed: number;
  readonly id: string;
  readonly folder: string;
  /** Found again, not trained now. */
  readonly found: boolean;
  readonly ended: Trained<Tree>['ended'];
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  /** Steps done by then; its checkpoint lies under `checkpoints/<bestStep>`. */
  readonly bestStep: number;
  readonly parameters: number;
  /** Of the parameters of the best epoch, on images that training and early stopping never saw. */
  readonly test: { readonly count: number; readonly loss: number; readonly accuracy: number };
};
export type Results = { readonly experiment: Experiment; readonly seeds: readonly SeedResult[]; readonly interrupted: boolean };

export type RunOptions = {
  /** Where runs are kept; `runs` of the project unless given. */
  readonly folder?: string;
  /** Train again from the start even if a finished or an interrupted run is there. */
  readonly fresh?: boolean;
  readonly quiet?: boolean;
  readonly signal?: AbortSignal;
};

type Stored = Pick<SeedResult, 'ended' | 'bestEpoch' | 'bestStep' | 'parameters' | 'test'>;
const EVALUATION_BATCH = 250;
const where = (folder: string | undefined): { folder?: string } => (folder === undefined ? {} : { folder });

export async function run(experiment: Experiment, options: RunOptions = {}): Promise<Results> {
  checkExperiment(experiment);
  await ready();
  const split = await loadData(experiment.data);
  const signal = options.signal ?? cellSignal();
  const seeds: SeedResult[] = [];
  for (const seed of experiment.seeds) {
    if (signal?.aborted) break;
    const found = options.fresh
      ? undefined
      : findFinished(configHash(configOf(experiment)), seed, { ...where(options.folder), data: splitHash(split) });
    const bar = options.quiet ? undefined : barOf(experiment, seed, split.train);
    const result = found
      ? fromRecord(found, seed)
      : await runSeed(
          experiment,
          seed,
          split,
          { ...where(options.folder), fresh: options.fresh ?? false, ...(signal ? { signal } : {}) },
          bar,
        );
    bar?.tick(result.history.at(-1)?.step ?? 0);
    bar?.done(outcome(result)); // the same words whether trained now or found: a rerun changes no output
    seeds.push(result);
  }
  return { experiment, seeds, interrupted: seeds.length < experiment.seeds.length || seeds.some(({ ended }) => ended === 'interrupted') };
}

const outcome = ({ ended, test }: SeedResult): string =>
  `${ended === 'finished' ? '' : `${ended}, `}test accuracy ${(100 * test.accuracy).toFixed(1)} %`;

const barOf = ({ name, train }: Experiment, seed: number, set: ImageSet): Progress =>
  progress({
    total: train.epochs * batchCount(set, { size: train.batchSize, shuffle: true }),
    label: `${name}, seed ${seed}`,
    unit: 'steps',
  });

// the name and the question are words about a run; what decides its numbers is this
const configOf = ({ data, model, train }: Experiment): object => ({ data, model, train });

async function runSeed(
  experiment: Experiment,
  seed: number,
  split: Split,
  { folder, signal, fresh = false }: Pick<RunOptions, 'folder' | 'signal' | 'fresh'>,
  bar: Progress | undefined,
): Promise<SeedResult> {
  const { batchSize: size, augment = [], ...settings } = experiment.train;
  const { train: trainSet, validation } = split;
  const stepsPerEpoch = batchCount(trainSet, { size, shuffle: true });
  const standard = moments(trainSet);
  const model = makeModel(experiment.model, trainSet);
  const params = model.init(initRandom(seed));
  const record = openRun({ name: experiment.name, config: configOf(experiment), seed, data: splitHash(split), ...where(folder) });
  if (!fresh) takeOver(record, { hash: configHash(configOf(experiment)), seed, data: splitHash(split) }, folder);
  try {
    const order = { size, seed, shuffle: true, moments: standard, ...(augment.length > 0 ? { augment: compose(augment) } : {}) };
    const trained = await train({
      ...settings,
      model,
      params,
      seed,
      stepsPerEpoch,
      batches: (epoch): Iterable<ImageBatch> => batches(trainSet, { ...order, epoch }),
      validation: () => evaluationBatches(validation, standard),
      checkpoints: { store: checkpointStore(trainingFolder(record.folder)), every: stepsPerEpoch },
      ...(signal ? { signal } : {}),
      onStep: (step, loss) => bar?.tick(step, `loss ${loss.toFixed(3)}`),
      onEpoch: ({ epoch, ...rest }) => record.log(rest.step, { epoch, ...rest }),
    });
    return await finish(experiment, seed, split, model, trained, record);
  } catch (error) {
    record.fail(error);
    bar?.done('failed');
    throw error;
  } finally {
    dispose(params);
  }
}

async function finish(
  experiment: Experiment,
  seed: number,
  split: Split,
  model: Model<Tree>,
  trained: Trained<Tree>,
  record: Run,
): Promise<SeedResult> {
  const { params, history, bestEpoch, ended } = trained;
  const { count, loss, accuracy } = evaluate(model, params, evaluationBatches(split.test, moments(split.train)));
  const bestStep = history[bestEpoch - 1]?.step ?? 0;
  const stored: Stored = { ended, bestEpoch, bestStep, parameters: countParameters(params), test: { count, loss, accuracy } };
  await saveCheckpoint(checkpointFolder({ folder: record.folder, bestStep }), params, { epoch: bestEpoch, experiment: experiment.name });
  dispose(params);
  if (ended === 'interrupted') record.interrupt();
  else {
    record.finish(stored);
    rmSync(trainingFolder(record.folder), { recursive: true, force: true });
  }
  return { seed, id: record.id, folder: record.folder, found: false, history, ...stored };
}

function fromRecord({ folder, record, metrics }: StoredRun, seed: number): SeedResult {
  const history = metrics.map(({ values }) => values as unknown as EpochRecord);
  return { seed, id: record.id, folder, found: true, history, ...(record.results as unknown as Stored) };
}

type Place = Pick<SeedResult, 'folder' | 'bestStep'>;
const checkpointFolder = ({ folder, bestStep }: Place): string => join(folder, 'checkpoints', `${bestStep}`);

/** Where a training that goes on is kept; when it has finished only the best parameters stay. */
const trainingFolder = (folder: string): string => join(folder, 'checkpoints', 'training');

/** Moves the checkpoints of a run of the same configuration, seed and data that was interrupted or killed to this one. */
function takeOver(own: Run, { hash, seed, data }: { hash: string; seed: number; data: string }, folder: string | undefined): void {
  for (const { folder: other, record } of listRuns(where(folder)).runs) {
    const killed = record.status === 'running' && record.host.name === hostname() && !isAlive(record.pid);
    if (record.configHash !== hash || record.seed !== seed || record.data !== data) continue;
    if (record.status !== 'interrupted' && !killed) continue;
    try {
      makeFolder(join(own.folder, 'checkpoints'));
      renameSync(trainingFolder(other), trainingFolder(own.folder)); // at once, so that of two who want them one gets them
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // ENOENT: it has none, or somebody was faster
    }
  }
}

const evaluationBatches = (set: ImageSet, standard: Moments): Iterable<ImageBatch> =>
  batches(set, { size: Math.min(EVALUATION_BATCH, set.count), moments: standard });

/** The trained model of one seed, read from its run; `params` are the caller's to dispose. */
export async function restore(
  { data, model: choice }: Experiment,
  place: Place,
): Promise<{ model: Model<Tree>; params: Tree; split: Split }> {
  await ready();
  const split = await loadData(data);
  const model = makeModel(choice, split.train);
  const like = model.init(initRandom(0));
  const params = await loadCheckpoint(checkpointFolder(place), like);
  dispose(like);
  return { model, params, split };
}

/** What a trained model says of images, with the maps asked for; images are standardised as in its training. */
export async function examine(
  experiment: Experiment,
  place: Place,
  { images, wants = () => true }: { images?: (split: Split) => ImageSet; wants?: (path: string) => boolean } = {},
): Promise<Examined> {
  const { model, params, split } = await restore(experiment, place);
  const set = images ? images(split) : split.test;
  const { weight } = (params as { head: { weight: Tensor2D } }).head;
  const head = weight.dataSync<'float32'>();
  const evaluation = evaluate(model, params, evaluationBatches(set, moments(split.train)), wants);
  dispose(params);
  return { ...evaluation, set, head };
}

export type Examined = ReturnType<typeof evaluate> & { readonly set: ImageSet; readonly head: Float32Array };
