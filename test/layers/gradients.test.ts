/** Every layer against finite differences: step 1e-2, within 1e-3 of the largest gradient, for each parameter and the input. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { squeezeExcite } from '../../lib/attention/squeezeExcite';
import { residualBlock } from '../../lib/cnn/residualBlock';
import { stem } from '../../lib/cnn/stem';
import { batchNorm } from '../../lib/layers/batchNorm';
import { conv2d } from '../../lib/layers/conv2d';
import { dropout } from '../../lib/layers/dropout';
import { layerNorm } from '../../lib/layers/layerNorm';
import { linear, projection } from '../../lib/layers/linear';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { wavy } from '../tensor/gradients';
import { checkGradients as check, trainingMode } from './check';

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

it('stem and residual block keep their shapes: stride 2 halves the grid, rounding up', () => {
  const first = stem({ from: 2, to: 4, stride: 2 });
  const block = residualBlock({ from: 4, to: 6, stride: 2, attention: squeezeExcite({ dim: 6, reduction: 2 }) });
  const hidden = first.forward(first.init(initRandom(0)), image(), evaluation);
  expect(hidden.shape).toEqual([2, 3, 2, 4]);
  expect(block.forward(block.init(initRandom(0)), hidden, evaluation).shape).toEqual([2, 2, 1, 6]);
});
