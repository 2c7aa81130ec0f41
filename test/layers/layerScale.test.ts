import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { layerScale } from '../../lib/layers/layerScale';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers, wavy } from '../tensor/gradients';
import { checkGradients } from './check';

it('starts as a small factor for each channel, with right gradients', () => {
  const layer = layerScale<tf.Tensor>({ dim: 3, init: 0.5 });
  expect(numbers(layer.forward(layer.init(initRandom(0)), tf.tensor2d([[2, 4, 6]]), evaluation))).toEqual([1, 2, 3]);
  checkGradients(layer, wavy([2, 5, 3]));
  expect(() => layer.forward(layer.init(initRandom(0)), tf.zeros([3, 2]), evaluation)).toThrow(
    'layerScale: expected a last axis of 3, got shape [3,2]',
  );
});
