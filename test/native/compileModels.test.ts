/** Every model with every attention and every pooling: a compiled step and a compiled evaluation say what eager ones say. */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { describe, expect, it } from 'vitest';
import * as attentions from '../../lib/attention/all';
import * as poolings from '../../lib/attention/pooling/all';
import * as tokenAttentions from '../../lib/attention/tokens/all';
import * as models from '../../lib/models/all';
import type { Model } from '../../lib/models/model';
import { compile } from '../../lib/native/compile';
import { type Compiler, interpreted, useCompiler } from '../../lib/tensor/compiler';
import { initRandom } from '../../lib/tensor/random';
import { dispose, entries, type Tree, tidy } from '../../lib/tensor/tree';
import { type ImageBatch, upload } from '../../lib/train/batch';
import type { EpochRecord } from '../../lib/train/epochRecord';
import { type Evaluation, evaluate } from '../../lib/train/evaluate';
import { adam } from '../../lib/train/optimisers/adam';
import { initState, replace, trainingStep } from '../../lib/train/step';
import { train } from '../../lib/train/train';
import { stripes } from '../train/stripes';

const STEPS = 20;
const SIDE = 8;

type Slots = { attention: never; pooling: never }; // any of the map: a kind alone, with the defaults of its options
const image = { channels: 1, classes: 2, dropoutRate: 0.2 };
const vit = { ...image, image: [SIDE, SIDE] as const, patch: 2, dim: 8, depth: 2, dropPathRate: 0.2 };
const makers: { [Kind in keyof typeof models]: { attentions: object; make: (slots: Slots) => unknown } } = {
  residualNetwork: { attentions, make: (slots) => models.residualNetwork({ ...image, widths: [4, 6], ...slots }) },
  resNet: { attentions, make: (slots) => models.resNet({ ...image, depth: 4, widths: [4], ...slots }) },
  visionTransformer: { attentions: tokenAttentions, make: (slots) => models.visionTransformer({ ...vit, ...slots }) },
};
const [somePooling, ...otherPoolings] = Object.keys(poolings);
const cases = Object.entries(makers).flatMap(([kind, { attentions, make }]) => {
  const [someAttention, ...otherAttentions] = Object.keys(attentions);
  const slots = [
    ...[someAttention, ...otherAttentions].map((attention) => [attention, somePooling]),
    ...otherPoolings.map((pooling) => [someAttention, pooling]),
  ];
  return slots.map(([attention, pooling]) => {
    const model = (): Model<Tree> => make({ attention: { kind: attention } as never, pooling: { kind: pooling } as never }) as Model<Tree>;
    return [`${kind} with ${attention} and ${pooling}`, model] as const;
  });
});

/** The losses of a short training with Adam, batch norm, dropout and a rate that changes, and the weights after it. */
function trained(model: Model<Tree>, compiler: Compiler): { losses: number[]; params: Tree } {
  const optimiser = adam();
  const step = compiler(trainingStep(model, optimiser));
  const losses: number[] = [];
  let state = initState(model.init(initRandom(1)), optimiser);
  for (let index = 0; index < STEPS; index++) {
    const scalars = () => ({ rate: tf.scalar(0.01 / (1 + index)), seed: tf.scalar(3, 'int32') });
    const result = tidy(() => step(state, upload(stripes(6, SIDE, index % 4)), scalars()));
    losses.push(result.loss.dataSync()[0]!);
    dispose([result.loss, result.accuracy]);
    replace(state, result.state);
    state = result.state;
  }
  step.dispose();
  dispose([state.slots, state.step]);
  return { losses, params: state.params };
}

/** The largest difference in any leaf, as a share of the largest number of that leaf. */
function difference(left: Tree, right: Tree): number {
  const others = new Map(entries(right));
  return Math.max(
    ...entries(left).map(([path, leaf]) => {
      const [apart, largest] = tidy(() => [tf.max(tf.abs(tf.sub(leaf, others.get(path)!))), tf.max(tf.abs(leaf))]).map(
        (x) => x.dataSync()[0]!,
      );
      return apart! / Math.max(largest!, 1e-3);
    }),
  );
}

/** What `evaluate` says with every map, under a compiler. */
function looked(model: Model<Tree>, params: Tree, compiler: Compiler): Evaluation {
  const restore = useCompiler(compiler);
  try {
    return evaluate(model, params, [stripes(6, SIDE, 8), stripes(6, SIDE, 9)], () => true);
  } finally {
    restore();
  }
}

describe.runIf(process.env['FOVEA_BACKEND'] !== 'wasm')('compiled and eager', () => {
  it.each(cases)('%s: losses to 1e-5, weights and maps to 1e-5 of the largest in theirs', (_, make) => {
    const model = make();
    const [eager, compiled] = [trained(model, interpreted), trained(model, compile)];
    for (const [index, loss] of compiled.losses.entries()) expect(Math.abs(loss / eager.losses[index]! - 1)).toBeLessThan(1e-5);
    expect(difference(eager.params, compiled.params)).toBeLessThan(1e-5);

    const [seen, expected] = [looked(model, eager.params, compile), looked(model, eager.params, interpreted)];
    expect({ ...seen, loss: 0, maps: 0 }).toEqual({ ...expected, loss: 0, maps: 0 });
    expect(Object.keys(seen.maps)).toEqual(Object.keys(expected.maps));
    for (const [path, { values, ...rest }] of Object.entries(seen.maps)) {
      const { values: others, ...same } = expected.maps[path]!;
      expect(rest).toEqual(same);
      const apart = Math.max(...values.map((value, index) => Math.abs(value - others[index]!)));
      expect(apart / Math.max(...others.map(Math.abs)), path).toBeLessThan(1e-5);
    }
    dispose([eager.params, compiled.params]);
  });

  it('train through the whole loop alike, and no program is left', async () => {
    const [, make] = cases[0]!;
    const model = make();
    const before = (tf.backend() as NodeJSKernelBackend).getNumOfSavedModels();
    const histories = [];
    for (const compiler of [interpreted, compile]) {
      const restore = useCompiler(compiler);
      const params = model.init(initRandom(2));
      const batches = (): ImageBatch[] => [stripes(6, SIDE, 1), stripes(6, SIDE, 2)];
      const trained = await train({ model, params, seed: 0, epochs: 2, stepsPerEpoch: 2, batches, validation: batches });
      restore();
      dispose([params, trained.params]);
      histories.push(trained.history);
    }
    const [eager, compiled] = histories as [EpochRecord[], EpochRecord[]];
    compiled.forEach(({ loss, validationLoss }, epoch) => {
      expect(loss).toBeCloseTo(eager[epoch]!.loss, 5);
      expect(validationLoss).toBeCloseTo(eager[epoch]!.validationLoss, 5);
    });
    expect((tf.backend() as NodeJSKernelBackend).getNumOfSavedModels()).toBe(before);
  });

  it('are the same bits where TensorFlow fuses nothing, and two compiled runs always are', () => {
    const [, make] = cases.find(([name]) => name.startsWith('residualNetwork with squeezeExcite'))!;
    const [first, second] = [trained(make(), compile), trained(make(), compile)];
    expect(second.losses).toEqual(first.losses);
    expect(difference(first.params, second.params)).toBe(0);
    dispose([first.params, second.params]);

    // two leaves: of Adam for a single one TensorFlow would make x / sqrt(y) into x * rsqrt(y)
    const plain: Model<Tree> = {
      init: () => ({
        w: tf.tensor2d(stripes(SIDE, SIDE, 5).images.slice(0, SIDE * SIDE * 2), [SIDE * SIDE, 2]),
        scale: tf.tensor1d([1, 2]),
      }),
      forward: (params, images) => {
        const { w, scale } = params as { w: tf.Tensor2D; scale: tf.Tensor1D };
        const scores = tf.tanh(tf.matMul(tf.reshape(images, [-1, SIDE * SIDE]) as tf.Tensor2D, w));
        return { logits: tf.mul(scores, scale) as tf.Tensor2D, trace: {} };
      },
    };
    const [eager, compiled] = [trained(plain, interpreted), trained(plain, compile)];
    expect(compiled.losses).toEqual(eager.losses);
    expect(difference(eager.params, compiled.params)).toBe(0);
    dispose([eager.params, compiled.params]);
  });
});
