import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkExperiment, type Experiment, type ModelChoice, makeModel } from '../../lib/experiment/experiment';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { wavy } from '../tensor/gradients';

const experiment = (model: ModelChoice): Experiment => ({
  name: 'models',
  question: 'Which models can an experiment name?',
  data: { kind: 'fashionMini' },
  model,
  train: { epochs: 1, batchSize: 10 },
  seeds: [0],
});
const images = { channels: 1, height: 8, width: 8, classes: ['a', 'b', 'c'] };
const slots = { attention: { kind: 'cbam', reduction: 2 }, pooling: { kind: 'meanPooling' } } as const;
const transformer = {
  kind: 'visionTransformer',
  patch: 4,
  dim: 8,
  depth: 1,
  attention: { kind: 'multiHeadAttention', heads: 2 },
  pooling: 'classToken',
} as const;

describe('an experiment', () => {
  it.each<[string, ModelChoice, string]>([
    ['residualNetwork', { kind: 'residualNetwork', widths: [4, 8], shortcut: 'zeroPadding', padding: 1, ...slots }, 'stages.1.0.attention'],
    ['resNet', { kind: 'resNet', depth: 8, widths: [4, 8, 16], ...slots }, 'stages.2.0.attention'],
    ['visionTransformer', transformer, 'blocks.0.attention'],
  ])('names %s as plain data; the size of images comes from the data', (_, choice, map) => {
    const asked = experiment(JSON.parse(JSON.stringify(choice)));
    expect(checkExperiment(asked)).toBe(asked);
    const model = makeModel(asked.model, images);
    const { logits, trace } = model.forward(model.init(initRandom(0)), wavy<tf.Rank.R4>([2, 8, 8, 1]), evaluation);
    expect(logits.shape).toEqual([2, 3]);
    expect(Object.keys(trace)).toContain(map);
  });

  it('is refused with every field that is wrong', () => {
    const wrong = { ...transformer, patch: 0, attention: { kind: 'squeezeExcite' }, dimension: 3 };
    const refused = () => checkExperiment(experiment(wrong as never));
    for (const field of ['model.patch', 'model.attention.kind', 'dimension']) expect(refused).toThrow(field);
    expect(() => checkExperiment(experiment({ ...transformer, kind: 'perceptron' } as never))).toThrow('model.kind');
  });
});
