/** A layer against finite differences: step 1e-2, within 1e-3 of the largest gradient, for each parameter and the input. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { evaluation, learned, type Mode, type Module, training } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { entries, type Tree } from '../../lib/tensor/tree';
import { gradientError } from '../tensor/gradients';

export const trainingMode = (): Mode => training({ seed: tf.scalar(3, 'int32'), step: tf.scalar(1, 'int32') });

export function checkGradients<P extends Tree, X extends tf.Tensor>(module: Module<P, X, tf.Tensor>, x: X, mode: Mode = evaluation): void {
  const params = module.init(initRandom(2));
  const errors = gradientError({ params, x }, ({ params, x }) => module.forward(params, x, mode));
  const expected = entries(learned(params) as Tree).map(([path]) => `params.${path}`);
  expect(Object.keys(errors)).toEqual([...expected, 'x']);
  for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(1e-3);
}
