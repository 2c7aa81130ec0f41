/** Dropout (Srivastava et al. 2014): while training, each value is zeroed with probability `rate`, the rest scaled by 1 / (1 - rate). */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module, NoParams } from '../tensor/module';
import { uniform } from '../tensor/random';

export type DropoutOptions = { rate: number };

export function dropout<X extends Tensor>({ rate }: DropoutOptions): Module<NoParams, X, X> {
  if (!(rate >= 0 && rate < 1)) throw new Error(`dropout: expected a rate from 0 up to but not 1, got ${rate}`);
  return {
    init: () => ({}),
    forward: (_, x, mode) =>
      tf.tidy(() => {
        if (!mode.training || rate === 0) return tf.clone(x);
        const kept = tf.cast(tf.greaterEqual(uniform(mode.training, mode.path, x.shape), rate), 'float32');
        return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
      }),
  };
}
