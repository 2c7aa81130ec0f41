/**
 * The training loop: seeded, interruptible, with early stopping on validation data. It owns the state; what it returns is
 * the parameters of the best epoch and plain numbers.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model';
import { compiler } from '../tensor/compiler';
import { dispose, hold, type Tree, tidy } from '../tensor/tree';
import { type ImageBatch, upload } from './batch';
import type { EpochRecord } from './epochRecord';
import { evaluator } from './evaluate';
import { NotFiniteError, whereNotFinite } from './notFinite';
import type { OptimiserChoice } from './optimisers/choice';
import { makeOptimiser } from './optimisers/choice';
import { rateAt, type Schedule } from './schedules';
import { initState, replace, type State, trainingStep } from './step';

/** What is plain data in training: an experiment stores it. */
export type TrainSettings = {
  readonly epochs: number;
  readonly rate?: number;
  readonly optimiser?: OptimiserChoice;
  readonly schedule?: Schedule;
  readonly l1?: number;
  readonly l2?: number;
  /** Stop after this many epochs without a lower validation loss. */
  readonly patience?: number;
};

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
  readonly batches: (epoch: number) => Iterable<ImageBatch>;
  readonly validation: () => Iterable<ImageBatch>;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (step: number, loss: number) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
};

export async function train<P extends Tree>(options: TrainOptions<P>): Promise<Trained<P>> {
  const {
    model,
    seed,
    epochs,
    stepsPerEpoch,
    rate = 1e-3,
    schedule = { kind: 'cosine' },
    l1 = 0,
    l2 = 0,
    patience = Number.POSITIVE_INFINITY,
  } = options;
  check({ epochs, stepsPerEpoch, rate, l1, l2, patience });
  const optimiser = makeOptimiser(options.optimiser ?? { kind: 'adam' });
  const step = compiler()(trainingStep(model, optimiser, { l1, l2 }));
  const validator = evaluator(model);
  const history: EpochRecord[] = [];
  let state: State<P> = initState(hold(options.params), optimiser);
  let best = { loss: Number.POSITIVE_INFINITY, epoch: 0, params: hold(options.params) };
  let done = 0;
  let ended: Trained<P>['ended'] = 'finished';

  try {
    for (let epoch = 1; epoch <= epochs && ended === 'finished'; epoch++) {
      let [lossSum, rightSum, images, now] = [0, 0, 0, rate];
      for (const plain of options.batches(epoch)) {
        if (options.signal?.aborted) break;
        now = rateAt(schedule, rate, done + 1, epochs * stepsPerEpoch);
        const [loss, accuracy] = oneStep(plain, now);
        done += 1;
        lossSum += loss * plain.count;
        rightSum += accuracy * plain.count;
        images += plain.count;
        options.onStep?.(done, loss);
        await tf.nextFrame(); // lets an interrupt and the display through
      }
      if (options.signal?.aborted) {
        ended = 'interrupted';
        break;
      }
      if (images === 0)
        throw new Error('train: expected at least one batch an epoch, got none; make batches smaller or the training part larger');
      const validation = validator.evaluate(state.params, options.validation());
      const record: EpochRecord = {
        epoch,
        step: done,
        rate: now,
        loss: lossSum / images,
        accuracy: rightSum / images,
        validationLoss: validation.loss,
        validationAccuracy: validation.accuracy,
      };
      history.push(record);
      options.onEpoch?.(record);
      if (validation.loss < best.loss) {
        dispose(best.params);
        best = { loss: validation.loss, epoch, params: hold(state.params) };
      } else if (epoch - best.epoch >= patience) {
        ended = 'early';
      }
    }
  } catch (error) {
    dispose([best.params, state]);
    throw error;
  } finally {
    step.dispose();
    validator.dispose();
  }
  dispose(state);
  return { params: best.params, history, bestEpoch: best.epoch, ended };

  function oneStep(plain: ImageBatch, now: number): [loss: number, accuracy: number] {
    const result = tidy(() => {
      const scalars = { rate: tf.scalar(now), seed: tf.scalar(seed, 'int32') };
      return step(state, upload(plain), scalars);
    });
    const loss = result.loss.dataSync()[0]!;
    const accuracy = result.accuracy.dataSync()[0]!;
    dispose([result.loss, result.accuracy]);
    if (!Number.isFinite(loss)) {
      const where = whereNotFinite(model, state.params, plain, seed);
      dispose(result.state);
      throw new NotFiniteError(done + 1, where, history);
    }
    replace(state, result.state);
    state = result.state;
    return [loss, accuracy];
  }
}

function check(numbers: { epochs: number; stepsPerEpoch: number; rate: number; l1: number; l2: number; patience: number }): void {
  const { epochs, stepsPerEpoch, rate, l1, l2, patience } = numbers;
  const whole = (name: string, value: number): void => {
    if (!Number.isInteger(value) || value < 1) throw new Error(`train: expected ${name} to be a whole number from 1, got ${value}`);
  };
  whole('epochs', epochs);
  whole('stepsPerEpoch', stepsPerEpoch);
  if (patience !== Number.POSITIVE_INFINITY) whole('patience', patience);
  if (!(rate > 0)) throw new Error(`train: expected rate to be above 0, got ${rate}`);
  if (!(l1 >= 0) || !(l2 >= 0)) throw new Error(`train: expected l1 and l2 from 0, got l1=${l1}, l2=${l2}`);
}
