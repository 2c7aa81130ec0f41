/** A generator without state: what it draws depends on its key alone. */
import * as tf from '@tensorflow/tfjs-core';
import { UNIFORM } from '../../tensor/random';
import type { Device, Kernels } from './device';

export const random = ({ one, type, int32 }: Device): Kernels => ({
  [UNIFORM]: ({ key }, { shape }) =>
    one(
      'StatelessRandomUniform',
      [type('dtype'), type('T', int32), type('Tseed', int32)],
      [tf.tensor1d(shape as unknown as number[], 'int32'), key!],
    ),
});
