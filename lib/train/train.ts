/**
 * The training loop: seeded, interruptible, with early stopping on validation data. It owns the state; what it returns is
 * the parameters of the best epoch and plain numbers. All that it goes by is the state, tensors, and its progress, plain
 * data: with both from a checkpoint it goes on as if it had never stopped.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model';
import { compiler } from '../tensor/compiler';
import { dispose, hold, type Tree, tidy } from '../tensor/tree';
import { type ImageBatch, upload } from './batch';
import { type CheckpointStore, checkSame, type TrainingProgress } from './checkpoints';
import type { EpochRecord } from './epochRecord';
import { evaluator } from './evaluate';
import { averaged } from './movingAverage';
import { NotFiniteError, whereNotFinite } from './notFinite';
import { plateau } from './plateau';
import { rateAt } from './schedules';
import { checkSettings, optimiserOf, type TrainSettings } from './settings';
import { initState, replace, type State, trainingStep } from './step';

export type Trained<P extends Tree> = {
  /** Of the epoch with the lowest validation loss; the caller disposes them. */
  readonly params: P;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly ended: 'finished' | 'early' | 'interrupted';
};

export type TrainOptions<P extends Tree> = TrainSettings & {
  readonly model: Model<P>;
  /** Initial parameters; left as they are. */
  readonly params: P;
  readonly seed: number;
  readonly stepsPerEpoch: number;
  /** The same for the same epoch, whenever it is called. */
  readonly batches: (epoch: number) => Iterable<ImageBatch>;
  readonly validation: () => Iterable<ImageBatch>;
  /** A checkpoint after every so many steps and when interrupted; what the store already holds is gone on from. */
  readonly checkpoints?: { readonly store: CheckpointStore; readonly every: number };
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (step: number, loss: number) => void;
  /** Hears of every epoch, those before a checkpoint too. */
  readonly onEpoch?: (record: EpochRecord) => void;
};
type Tensors<P extends Tree> = { state: State<P>; best: P };

export async function train<P extends Tree>(options: TrainOptions<P>): Promise<Trained<P>> {
  const { model, params, batches, validation, checkpoints, signal, onStep, onEpoch, ...settings } = options;
  const { seed, epochs, stepsPerEpoch, rate = 1e-3, schedule = { kind: 'cosine' }, patience = Number.POSITIVE_INFINITY } = settings;
  checkSettings(settings, { stepsPerEpoch, every: checkpoints?.every });
  const optimiser = optimiserOf(settings);
  const falling = plateau(settings.plateau);
  const step = compiler()(trainingStep(model, optimiser, { l1: settings.l1 ?? 0, l2: settings.l2 ?? 0 }));
  const validator = evaluator(model);
  const noSums = { loss: 0, right: 0, images: 0, rate };

  let tensors: Tensors<P> = { state: initState(hold(params), optimiser), best: hold(params) };
  let progress: TrainingProgress = {
    settings,
    epoch: 1,
    batch: 0,
    step: 0,
    sums: noSums,
    best: { epoch: 0, loss: Number.POSITIVE_INFINITY },
    plateau: falling.init(rate),
    history: [],
  };
  let saved = 0;
  let ended: Trained<P>['ended'] = 'finished';

  try {
    await goOn();
    while (progress.epoch <= epochs && ended === 'finished') {
      let place = 0;
      for (const plain of batches(progress.epoch)) {
        place += 1;
        if (place <= progress.batch) continue; // taken before the checkpoint
        if (signal?.aborted) break;
        const loss = oneStep(plain);
        onStep?.(progress.step, loss);
        if (checkpoints && progress.step % checkpoints.every === 0) await save();
        await tf.nextFrame(); // lets an interrupt and the display through
      }
      if (signal?.aborted) {
        ended = 'interrupted';
        await save();
      } else if (endEpoch()) ended = 'early';
    }
  } catch (error) {
    dispose(tensors);
    throw error;
  } finally {
    step.dispose();
    validator.dispose();
  }
  dispose(tensors.state);
  return { params: tensors.best, history: progress.history, bestEpoch: progress.best.epoch, ended };

  function oneStep(plain: ImageBatch): number {
    const [time, times] = schedule.by === 'epoch' ? [progress.epoch, epochs] : [progress.step + 1, epochs * stepsPerEpoch];
    const now = rateAt(schedule, progress.plateau.rate, time, times);
    const result = tidy(() => {
      const scalars = { rate: tf.scalar(now), seed: tf.scalar(seed, 'int32') };
      return step(tensors.state, upload(plain), scalars);
    });
    const loss = result.loss.dataSync()[0]!;
    const accuracy = result.accuracy.dataSync()[0]!;
    dispose([result.loss, result.accuracy]);
    if (!Number.isFinite(loss)) {
      const where = whereNotFinite(model, tensors.state.params, plain, seed);
      dispose(result.state);
      throw new NotFiniteError(progress.step + 1, where, progress.history);
    }
    replace(tensors.state, result.state);
    tensors = { ...tensors, state: result.state };
    const { sums } = progress;
    progress = {
      ...progress,
      batch: progress.batch + 1,
      step: progress.step + 1,
      sums: {
        loss: sums.loss + loss * plain.count,
        right: sums.right + accuracy * plain.count,
        images: sums.images + plain.count,
        rate: now,
      },
    };
    return loss;
  }

  /** Validates and looks back; true when patience has ended. */
  function endEpoch(): boolean {
    const { epoch, sums, best } = progress;
    if (sums.images === 0)
      throw new Error('train: expected at least one batch an epoch, got none; make batches smaller or the training part larger');
    const current = averaged(tensors.state.params, tensors.state.slots);
    const found = validator.evaluate(current, validation());
    const record: EpochRecord = {
      epoch,
      step: progress.step,
      rate: sums.rate,
      loss: sums.loss / sums.images,
      accuracy: sums.right / sums.images,
      validationLoss: found.loss,
      validationAccuracy: found.accuracy,
    };
    const better = found.loss < best.loss;
    if (better) {
      dispose(tensors.best);
      tensors = { ...tensors, best: hold(current) };
    }
    progress = {
      ...progress,
      epoch: epoch + 1,
      batch: 0,
      sums: noSums,
      best: better ? { epoch, loss: found.loss } : best,
      plateau: settings.plateau
        ? falling.next(progress.plateau, settings.plateau.mode === 'max' ? found.accuracy : found.loss)
        : progress.plateau,
      history: [...progress.history, record],
    };
    onEpoch?.(record);
    return epoch - progress.best.epoch >= patience;
  }

  async function save(): Promise<void> {
    if (!checkpoints || progress.step === saved) return;
    await checkpoints.store.save(tensors, progress);
    saved = progress.step;
  }

  async function goOn(): Promise<void> {
    const found = checkpoints?.store.latest();
    if (!found) return;
    checkSame(found.progress.settings, settings);
    const loaded = await found.load(tensors);
    dispose(tensors);
    tensors = loaded;
    progress = { ...found.progress, settings };
    saved = progress.step;
    for (const record of progress.history) onEpoch?.(record);
  }
}
