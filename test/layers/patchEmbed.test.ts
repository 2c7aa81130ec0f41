import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { patchEmbed } from '../../lib/layers/patchEmbed';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { numbers, wavy } from '../tensor/gradients';
import { checkGradients } from './check';

it('is a convolution whose kernel and stride are the patch', () => {
  const layer = patchEmbed({ channels: 3, dim: 5, patch: 2 });
  const params = layer.init(initRandom(1));
  const x = wavy<tf.Rank.R4>([2, 6, 4, 3]);
  const wanted = tf.conv2d(x, tf.reshape(params.weight, [2, 2, 3, 5]) as tf.Tensor4D, 2, 'valid');
  const y = layer.forward(params, x, evaluation);
  expect(y.shape).toEqual([2, 3, 2, 5]);
  const right = numbers(wanted);
  numbers(y).forEach((value, i) => expect(value).toBeCloseTo(right[i]!, 5));
});

it('has right gradients', () => checkGradients(patchEmbed({ channels: 1, dim: 3, patch: 2 }), wavy<tf.Rank.R4>([1, 4, 2, 1])));

it('refuses an image that does not divide', () => {
  const layer = patchEmbed({ channels: 1, dim: 3, patch: 4 });
  expect(() => layer.forward(layer.init(initRandom(0)), tf.zeros([1, 8, 6, 1]), evaluation)).toThrow(
    'patchEmbed: expected height and width that patch=4 divides, got 8 x 6',
  );
});
