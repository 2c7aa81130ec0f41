import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { classActivationMaps } from '../../lib/explain/classActivationMap';
import { residualNetwork } from '../../lib/models/residualNetwork';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers, wavy } from '../tensor/gradients';

it('is weight times feature, by hand: two positions, two channels', () => {
  const features = { shape: [1, 1, 2, 2], values: Float32Array.from([1, 2, 3, 4]) };
  const head = Float32Array.from([10, 100, 20, 200]); // channel 0: classes 10 and 100; channel 1: 20 and 200
  expect(classActivationMaps({ features, head, classes: [1] })).toEqual([[[250, 550]]]);
  const weights = { shape: [1, 1, 2], values: Float32Array.from([0, 1]) };
  expect(classActivationMaps({ features, weights, head, classes: [0] })).toEqual([[[0, 110]]]);
});

describe.each(['meanPooling', 'attentionPooling'] as const)('of a network with %s', (kind) => {
  it('sums to the logit without its bias', () => {
    const model = residualNetwork({ channels: 1, classes: 3, widths: [4, 6], attention: { kind: 'none' }, pooling: { kind } });
    const params = model.init(initRandom(1));
    const { logits, trace } = model.forward(params, wavy<tf.Rank.R4>([2, 8, 8, 1]), evaluation);
    const values = (path: string) => {
      const weights = trace[path]?.weights as tf.Tensor | undefined;
      return weights && { shape: weights.shape, values: Float32Array.from(numbers(weights)) };
    };
    const maps = classActivationMaps({
      features: values('features')!,
      weights: values('pooling'),
      head: Float32Array.from(numbers(params.head.weight)),
      classes: [2, 0],
    });
    const sums = maps.map((map) => map.flat().reduce((a, b) => a + b, 0));
    const wanted = numbers(logits);
    expect(sums[0]).toBeCloseTo(wanted[2]!, 4);
    expect(sums[1]).toBeCloseTo(wanted[3]!, 4);
  });
});

it('refuses classes that do not fit the images', () => {
  const features = { shape: [1, 1, 2, 2], values: new Float32Array(4) };
  expect(() => classActivationMaps({ features, head: new Float32Array(4), classes: [0, 1] })).toThrow(
    'classActivationMaps: expected 1 classes',
  );
});
