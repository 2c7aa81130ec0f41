/** A small training that has all that could tell two runs apart: dropout, running statistics, shuffled and augmented batches. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { compose } from '../../lib/data/augment/compose';
import { batches } from '../../lib/data/batches';
import { type ImageSet, imageSet } from '../../lib/data/imageSet';
import { type BatchNormParams, batchNorm } from '../../lib/layers/batchNorm';
import { type Conv2dParams, conv2d } from '../../lib/layers/conv2d';
import { dropout } from '../../lib/layers/dropout';
import { type LinearParams, linear } from '../../lib/layers/linear';
import type { Model } from '../../lib/models/model';
import { type NoParams, named } from '../../lib/tensor/module';
import { gridMean } from '../../lib/tensor/ops';
import { initRandom } from '../../lib/tensor/random';
import { dispose, leaves, type Tree } from '../../lib/tensor/tree';
import type { ImageBatch } from '../../lib/train/batch';
import { type Trained, type TrainOptions, train } from '../../lib/train/train';
import { numbers } from '../tensor/gradients';
import { stripes } from './stripes';

const STEPS_PER_EPOCH = 4;
const SIZE = 12;

/** One convolution, its running statistics, dropout and a head: few operations a step, so that many steps take little time. */
export const smallModel = () => {
  const conv = named('conv', conv2d({ from: 1, to: 4 }));
  const norm = named('norm', batchNorm({ dim: 4, relu: true }));
  const drop = named('drop', dropout<Tensor2D>({ rate: 0.2 }));
  const head = named('head', linear({ from: 4, to: 2 }));
  type Params = { conv: Conv2dParams; norm: BatchNormParams; drop: NoParams; head: LinearParams };
  const model: Model<Params> = {
    init: (random) => ({ conv: conv.init(random), norm: norm.init(random), drop: drop.init(random), head: head.init(random) }),
    forward: (params, x, mode) => {
      const features = norm.forward(params.norm, conv.forward(params.conv, x, mode), mode);
      const summary = drop.forward(params.drop, gridMean(features), mode);
      return { logits: head.forward(params.head, summary, mode), trace: {} };
    },
  };
  return model;
};
export type SmallParams = ReturnType<ReturnType<typeof smallModel>['init']>;

function striped(count: number, seed: number): ImageSet {
  const { images, labels } = stripes(count, 8, seed);
  const sources = Int32Array.from({ length: count }, (_, index) => index);
  return imageSet({ name: 'stripes', classes: ['level', 'upright'], count, height: 8, width: 8, channels: 1, images, labels, sources });
}

export const smallValidation = (): Iterable<ImageBatch> => batches(striped(20, 9), { size: 20 });

/** 20 steps in 5 epochs unless changed. */
export async function trainedSmall(change: Partial<TrainOptions<SmallParams>> = {}, seed = 0): Promise<Trained<SmallParams>> {
  const model = smallModel();
  const params = model.init(initRandom(seed));
  const set = striped(STEPS_PER_EPOCH * SIZE, 5);
  const augment = compose([{ kind: 'flip' }, { kind: 'shift', pixels: 1 }, { kind: 'cutout', size: 2 }]);
  try {
    return await train({
      model,
      params,
      seed,
      epochs: 5,
      rate: 0.02,
      stepsPerEpoch: STEPS_PER_EPOCH,
      batches: (epoch) => batches(set, { size: SIZE, seed, shuffle: true, epoch, augment }),
      validation: smallValidation,
      ...change,
    });
  } finally {
    dispose(params);
  }
}

export const bits = (tree: Tree): number[] => leaves(tree).flatMap(numbers);
