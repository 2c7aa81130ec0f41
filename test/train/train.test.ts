import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { residualNetwork } from '../../lib/models/residualNetwork';
import { learned } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { dispose, leaves, type Tree } from '../../lib/tensor/tree';
import { evaluate } from '../../lib/train/evaluate';
import { NotFiniteError } from '../../lib/train/notFinite';
import { type Trained, type TrainOptions, train } from '../../lib/train/train';
import { bits, smallModel, smallValidation, trainedSmall } from './small';
import { stripes } from './stripes';

const model = () =>
  residualNetwork({
    channels: 1,
    classes: 2,
    widths: [6, 8],
    dropoutRate: 0.2,
    attention: { kind: 'squeezeExcite', reduction: 2 },
    pooling: { kind: 'attentionPooling' },
  });
type Params = ReturnType<ReturnType<typeof model>['init']>;

async function trained(change: Partial<TrainOptions<Params>> = {}, seed = 0): Promise<Trained<Params>> {
  const net = model();
  const params = net.init(initRandom(seed));
  try {
    return await train({
      model: net,
      params,
      seed,
      epochs: 4,
      rate: 0.02,
      stepsPerEpoch: 4,
      batches: (epoch) => [0, 1, 2, 3].map((batch) => stripes(24, 8, 100 * epoch + batch)),
      validation: () => [stripes(40, 8, 9)],
      ...change,
    });
  } finally {
    dispose(params);
  }
}

describe('train', () => {
  it('learns to tell stripes apart, far above chance', async () => {
    const { history, ended, params } = await trained({ epochs: 8 });
    expect(ended).toBe('finished');
    expect(history).toHaveLength(8);
    expect(history.at(-1)!.validationAccuracy).toBeGreaterThan(0.9);
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss);
    dispose(params);
  });

  it('gives the same bits for the same seed, seed 0 too, and others for another', async () => {
    const [a, b, c] = [await trained({ epochs: 2 }), await trained({ epochs: 2 }), await trained({ epochs: 2 }, 1)];
    expect(bits(a.params)).toEqual(bits(b.params));
    expect(a.history).toEqual(b.history);
    expect(bits(c.params)).not.toEqual(bits(a.params));
    dispose([a.params, b.params, c.params]);
  });

  it('returns the parameters of the epoch with the lowest validation loss and stops when patience ends', async () => {
    const { history, bestEpoch, ended, params } = await trained({ epochs: 40, rate: 0.05, schedule: { kind: 'constant' }, patience: 2 });
    const losses = history.map(({ validationLoss }) => validationLoss);
    expect(bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(ended).toBe('early');
    expect(history).toHaveLength(bestEpoch + 2);
    dispose(params);
  });

  it('keeps the history so far when it is interrupted', async () => {
    const control = new AbortController();
    const { history, ended, params } = await trained({
      epochs: 50,
      signal: control.signal,
      onStep: (step) => step === 10 && control.abort(),
    });
    expect(ended).toBe('interrupted');
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    dispose(params);
  });

  it('stops at the first NaN and names the step and the layer', async () => {
    const sick = stripes(24, 8, 1);
    sick.images[5] = Number.NaN;
    const run = trained({ batches: () => [stripes(24, 8, 0), sick], stepsPerEpoch: 2 });
    await expect(run).rejects.toThrow(/at step 2; the images of this batch already hold one/);
    const net = model();
    const healthy = net.init(initRandom(0));
    const broken = {
      ...healthy,
      stages: [healthy.stages[0]!, [{ ...healthy.stages[1]![0]!, conv2: { weight: tf.fill([3, 3, 8, 8], 1e38) as tf.Tensor4D } }]],
    };
    const overflow = trained({ model: net as never, params: broken as never });
    await expect(overflow).rejects.toThrow(/at step 1; layer stages\.1\.0\.conv2 made the first one/);
    await expect(trained({ rate: 1e30, schedule: { kind: 'constant' } })).rejects.toBeInstanceOf(NotFiniteError);
    dispose([healthy, broken.stages[1]![0]!.conv2]);
  });

  it('leaves no tensor beyond its result behind', async () => {
    const warm = await trained({ epochs: 1 });
    dispose(warm.params);
    const before = tf.memory().numTensors;
    const { params } = await trained({ epochs: 2 });
    expect(tf.memory().numTensors - before).toBe(leaves(params).length);
    dispose(params);
  });

  it('refuses settings that make no sense, by name', async () => {
    await expect(trained({ rate: -1 })).rejects.toThrow('train: expected rate to be above 0, got -1');
    await expect(trained({ epochs: 0 })).rejects.toThrow('train: expected epochs to be a whole number from 1, got 0');
    await expect(trained({ l1: -1 })).rejects.toThrow('train: expected l1 and l2 from 0, got l1=-1, l2=0');
    await expect(trained({ optimiser: { kind: 'sgdd' } as never })).rejects.toThrow(
      'optimiser: expected one of adagrad, adam, adamW, lamb, lion, nadam, rmsProp, sgd, got sgdd',
    );
    await expect(trained({ batches: () => [] })).rejects.toThrow('train: expected at least one batch an epoch, got none');
  });
});

it('L1 and L2 make the weights smaller', async () => {
  const size = (params: Tree): number => bits(params).reduce((sum, value) => sum + Math.abs(value), 0);
  const [free, l1, l2] = [await trained(), await trained({ l1: 0.02 }), await trained({ l2: 0.02 })];
  expect(size(l1.params)).toBeLessThan(size(free.params));
  expect(size(l2.params)).toBeLessThan(size(free.params));
  dispose([free.params, l1.params, l2.params]);
});

describe('settings of training', () => {
  const rates = (history: Trained<Tree>['history']): number[] => history.map(({ rate }) => rate);

  it('a schedule goes by epochs where it says so: half the rate in each', async () => {
    const { history, params } = await trainedSmall({ epochs: 3, schedule: { kind: 'step', stepSize: 1, gamma: 0.5, by: 'epoch' } });
    expect(rates(history)).toEqual([0.02, 0.01, 0.005]);
    dispose(params);
  });

  it('a plateau lowers the rate after an epoch that was not far better', async () => {
    const plateau = { patience: 0, factor: 0.5, threshold: 0.99 };
    const { history, params } = await trainedSmall({ epochs: 4, schedule: { kind: 'constant' }, plateau });
    expect(rates(history)).toEqual([0.02, 0.02, 0.01, 0.005]);
    dispose(params);
  });

  it('an average of the weights is what is validated and returned', async () => {
    const [average, last] = [await trainedSmall({ average: { decay: 0.5 } }), await trainedSmall()];
    expect(bits(average.params)).not.toEqual(bits(last.params));
    const { loss } = evaluate(smallModel(), average.params, smallValidation());
    expect(loss).toBe(average.history[average.bestEpoch - 1]!.validationLoss);
    expect(average.history.map((record) => record.loss)).toEqual(last.history.map((record) => record.loss)); // it trains the same
    dispose([average.params, last.params]);
  });

  it('clipping by a tiny norm leaves the weights of SGD nearly where they were', async () => {
    const settings = { optimiser: { kind: 'sgd' }, epochs: 1 } as const;
    const [free, clipped] = [await trainedSmall(settings), await trainedSmall({ ...settings, clip: { kind: 'norm', maxNorm: 1e-4 } })];
    const start = smallModel().init(initRandom(0));
    const moved = (params: Tree): number => {
      const from = bits(learned(start) as Tree);
      return Math.hypot(...bits(learned(params) as Tree).map((value, index) => value - from[index]!));
    };
    expect(moved(clipped.params)).toBeLessThanOrEqual(4 * 0.02 * 1e-4 + 1e-6); // 4 steps at a rate of at most 0.02
    expect(moved(free.params)).toBeGreaterThan(100 * moved(clipped.params));
    dispose([free.params, clipped.params, start]);
  });

  it('refuses options of theirs that make no sense', async () => {
    await expect(trainedSmall({ clip: { kind: 'norm', maxNorm: -1 } })).rejects.toThrow(
      'clip: expected maxNorm to be a finite number above 0',
    );
    await expect(trainedSmall({ plateau: { factor: 2 } })).rejects.toThrow('plateau: expected factor to be a number from 0 and below 1');
    await expect(trainedSmall({ average: { decay: 2 } })).rejects.toThrow('average: expected decay to be a number from 0 and below 1');
    await expect(trainedSmall({ schedule: { kind: 'step' } as never })).rejects.toThrow('step: expected stepSize, a whole number from 1');
  });
});
