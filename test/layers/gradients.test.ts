/** Every layer against finite differences: step 1e-2, within 1e-3 of the largest gradient, for each parameter and the input. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { squeezeExcite } from '../../lib/attention/squeezeExcite';
import { residualBlock } from '../../lib/cnn/residualBlock';
import { stem } from '../../lib/cnn/stem';
import { batchNorm } from '../../lib/layers/batchNorm';
import { conv2d } from '../../lib/layers/conv2d';
import { dropout } from '../../lib/layers/dropout';
import { layerNorm } from '../../lib/layers/layerNorm';
import { linear, projection } from '../../lib/layers/linear';
import { evaluation, learned, type Mode, type Module, training } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { entries, type Tree } from '../../lib/tensor/tree';
import { gradientError, numbers, wavy } from '../tensor/gradients';

const trainingMode = (): Mode => training({ seed: tf.scalar(3, 'int32'), step: tf.scalar(1, 'int32') });

function check<P extends Tree, X extends tf.Tensor>(module: Module<P, X, tf.Tensor>, x: X, mode: Mode = evaluation): void {
  const params = module.init(initRandom(2));
  const errors = gradientError({ params, x }, ({ params, x }) => module.forward(params, x, mode));
  const expected = entries(learned(params) as Tree).map(([path]) => `params.${path}`);
  expect(Object.keys(errors)).toEqual([...expected, 'x']);
  for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(1e-3);
}

const image = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 5, 3, 2]);

describe('gradients', () => {
  it('linear and projection', () => {
    check(linear({ from: 5, to: 3 }), wavy<tf.Rank.R2>([4, 5]));
    check(projection({ from: 5, to: 3 }), wavy<tf.Rank.R2>([4, 5]));
  });
  it('conv2d, with a stride and with a kernel of 1', () => {
    check(conv2d({ from: 2, to: 3 }), image());
    check(conv2d({ from: 2, to: 3, stride: 2 }), image());
    check(conv2d({ from: 2, to: 3, kernel: 1 }), image());
  });
  it('batchNorm in training and in evaluation', () => {
    check(batchNorm({ dim: 2 }), image(), trainingMode());
    check(batchNorm({ dim: 2 }), image());
  });
  it('layerNorm', () => check(layerNorm<tf.Tensor>({ dim: 5 }), wavy([3, 5])));
  it('dropout, whose mask a seed and a step fix', () => check(dropout<tf.Tensor4D>({ rate: 0.4 }), image(), trainingMode()));
});

it('dropout zeroes its share in training, scales the rest, and does nothing in evaluation', () => {
  const drop = dropout<tf.Tensor1D>({ rate: 0.25 });
  const x = tf.ones<tf.Rank.R1>([4000]);
  const values = numbers(drop.forward({}, x, trainingMode()));
  expect(Math.abs(values.filter((value) => value === 0).length / 4000 - 0.25)).toBeLessThan(0.03);
  expect(values.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
  expect(numbers(drop.forward({}, x, trainingMode()))).toEqual(values);
  expect(numbers(drop.forward({}, x, evaluation))).toEqual(numbers(x));
});

it('stem and residual block keep their shapes: stride 2 halves the grid, rounding up', () => {
  const first = stem({ from: 2, to: 4, stride: 2 });
  const block = residualBlock({ from: 4, to: 6, stride: 2, attention: squeezeExcite({ dim: 6, reduction: 2 }) });
  const hidden = first.forward(first.init(initRandom(0)), image(), evaluation);
  expect(hidden.shape).toEqual([2, 3, 2, 4]);
  expect(block.forward(block.init(initRandom(0)), hidden, evaluation).shape).toEqual([2, 2, 1, 6]);
});
