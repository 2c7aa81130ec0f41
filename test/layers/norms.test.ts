/** Group, instance, RMS and global response norm as layers: initial parameters, gradients, refusals. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { globalResponseNorm } from '../../lib/layers/globalResponseNorm';
import { groupNorm } from '../../lib/layers/groupNorm';
import { instanceNorm } from '../../lib/layers/instanceNorm';
import { rmsNorm } from '../../lib/layers/rmsNorm';
import { evaluation, type Module } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import type { Tree } from '../../lib/tensor/tree';
import { numbers, wavy } from '../tensor/gradients';
import { checkGradients } from './check';

const fresh = <P extends Tree>(module: Module<P, tf.Tensor4D, tf.Tensor>, x: tf.Tensor4D): number[] =>
  numbers(module.forward(module.init(initRandom(0)), x, evaluation));
const image = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 3, 2, 4]);

it('new ones have scale 1 and shift 0; global response norm starts as the identity', () => {
  const x = tf.tensor4d([1, 10, 3, 30], [1, 1, 2, 2]);
  expect(fresh(instanceNorm({ dim: 2, epsilon: 0 }), x)).toEqual([-1, -1, 1, 1]);
  expect(fresh(groupNorm({ dim: 2, groups: 2, epsilon: 0 }), x)).toEqual([-1, -1, 1, 1]);
  expect(fresh(rmsNorm({ dim: 2, epsilon: 0 }), tf.tensor4d([7, 1], [1, 1, 1, 2])).map((value) => value.toFixed(3))).toEqual([
    '1.400',
    '0.200',
  ]);
  expect(fresh(globalResponseNorm({ dim: 2 }), x)).toEqual(numbers(x));
});

it('gradients', () => {
  checkGradients(groupNorm<tf.Tensor4D>({ dim: 4, groups: 2, epsilon: 1e-2 }), image());
  checkGradients(instanceNorm<tf.Tensor4D>({ dim: 4, epsilon: 0.1 }), image());
  checkGradients(rmsNorm<tf.Tensor4D>({ dim: 4, epsilon: 1e-2 }), image());
  checkGradients(globalResponseNorm({ dim: 4 }), image());
});

it('refuse another width, and groups that do not divide', () => {
  for (const module of [groupNorm<tf.Tensor>({ dim: 4, groups: 2 }), instanceNorm<tf.Tensor>({ dim: 4 })]) {
    expect(() => module.forward(module.init(initRandom(0)), tf.zeros([1, 2, 2, 3]), evaluation)).toThrow(
      'groupNorm: expected a last axis of 4',
    );
  }
  const rms = rmsNorm<tf.Tensor>({ dim: 4 });
  expect(() => rms.forward(rms.init(initRandom(0)), tf.zeros([1, 3]), evaluation)).toThrow(
    'rmsNorm: expected a last axis of 4, got shape [1,3]',
  );
  const response = globalResponseNorm({ dim: 4 });
  expect(() => response.forward(response.init(initRandom(0)), tf.zeros([1, 2, 2, 3]), evaluation)).toThrow("sizes: expected 'b h w c=4'");
  expect(() => groupNorm({ dim: 4, groups: 3 })).toThrow('groupNorm: dim must be a multiple of groups, got dim=4, groups=3');
});
