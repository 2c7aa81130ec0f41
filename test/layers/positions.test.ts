import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { learnedPositions, sinePositions } from '../../lib/layers/positions';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers, wavy } from '../tensor/gradients';
import { checkGradients } from './check';

it('learnedPositions adds its table to every image, on a grid and on tokens', () => {
  const layer = learnedPositions<tf.Tensor3D>({ shape: [2], dim: 3 });
  const table = tf.tensor2d([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: rows
  expect(numbers(layer.forward({ table }, tf.zeros([2, 2, 3]), evaluation))).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
  checkGradients(learnedPositions<tf.Tensor>({ shape: [2, 3], dim: 4 }), wavy([2, 2, 3, 4]));
});

it('sinePositions: sine and cosine of row and column', () => {
  const layer = sinePositions<tf.Tensor>({ shape: [2, 3], dim: 8, temperature: 100 });
  const y = layer.forward({}, tf.zeros([1, 2, 3, 8]), evaluation);
  const at = numbers(tf.slice(y, [0, 1, 2, 0], [1, 1, 1, 8])); // row 1, column 2; frequencies 1 and 1/10
  const wanted = [Math.sin(1), Math.sin(0.1), Math.sin(2), Math.sin(0.2), Math.cos(1), Math.cos(0.1), Math.cos(2), Math.cos(0.2)];
  at.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 6));
  expect(numbers(layer.forward({}, tf.zeros([1, 6, 8]), evaluation))).toEqual(numbers(y));
});

it('both refuse another grid, sinePositions a dim that is no multiple of four', () => {
  const learned = learnedPositions<tf.Tensor>({ shape: [2], dim: 3 });
  expect(() => learned.forward(learned.init(initRandom(0)), tf.zeros([1, 3, 3]), evaluation)).toThrow(
    'learnedPositions: expected shape [b,2,3], got [1,3,3]',
  );
  expect(() => sinePositions<tf.Tensor>({ shape: [2, 2], dim: 4 }).forward({}, tf.zeros([1, 2, 3, 4]), evaluation)).toThrow(
    'sinePositions: expected shape [b,2,2,4], got [1,2,3,4]',
  );
  expect(() => sinePositions({ shape: [2, 2], dim: 6 })).toThrow('sinePositions: expected a dim that 4 divides, got 6');
});
