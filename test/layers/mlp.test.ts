import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { mlp } from '../../lib/layers/mlp';
import { countParameters, evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers, wavy } from '../tensor/gradients';
import { checkGradients, trainingMode } from './check';

it('is gelu between two linear maps, worked by hand', () => {
  const layer = mlp<tf.Tensor2D>({ dim: 1, hidden: 2 });
  const params = {
    expand: { weight: tf.tensor2d([[1, -1]]), bias: tf.tensor1d([0, 0]) },
    project: { weight: tf.tensor2d([[1], [10]]), bias: tf.tensor1d([0.5]) },
  };
  // gelu(1) = 0.841345, gelu(-1) = -0.158655
  expect(numbers(layer.forward(params, tf.tensor2d([[1]]), evaluation))[0]).toBeCloseTo(0.841345 - 1.58655 + 0.5, 5);
});

it('has (dim + 1) hidden + (hidden + 1) dim parameters, and its gradients are right on tokens and on grids', () => {
  const layer = mlp<tf.Tensor>({ dim: 3, hidden: 5, dropout: 0.3 });
  expect(countParameters(layer.init(initRandom(0)))).toBe(4 * 5 + 6 * 3);
  checkGradients(layer, wavy([2, 2, 3]));
  checkGradients(layer, wavy([1, 2, 2, 3]), trainingMode());
  checkGradients(mlp<tf.Tensor>({ dim: 3, hidden: 5, activation: 'relu' }), wavy([2, 3]));
  checkGradients(mlp<tf.Tensor>({ dim: 3, hidden: 5, activation: 'silu' }), wavy([2, 3]));
});

it('refuses another width, and an activation that it has not', () => {
  expect(() => mlp({ dim: 3, hidden: 5, activation: 'swish' as 'silu' })).toThrow(
    'mlp: expected an activation among gelu, relu, silu, got swish',
  );
  const layer = mlp<tf.Tensor>({ dim: 3, hidden: 5 });
  expect(() => layer.forward(layer.init(initRandom(0)), tf.zeros([2, 4]), evaluation)).toThrow(
    'mlp: expected a last axis of 3, got shape [2,4]',
  );
});
