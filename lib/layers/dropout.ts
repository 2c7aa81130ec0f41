/**
 * Dropout (Srivastava et al. 2014): while training, each value is zeroed with probability `rate`, the rest scaled by
 * 1 / (1 - rate), so that the mean stays; in evaluation nothing happens.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Module, NoParams } from '../tensor/module';
import { dropped } from '../tensor/ops';
import { uniform } from '../tensor/random';

export type DropoutOptions = { rate: number };

export const dropout = <X extends Tensor>({ rate }: DropoutOptions): Module<NoParams, X, X> => dropping('dropout', rate, (shape) => shape);

/** Dropout of what `chosen` has one number for: its shape broadcasts to that of x. */
export function dropping<X extends Tensor>(
  who: string,
  rate: number,
  chosen: (shape: readonly number[]) => readonly number[],
): Module<NoParams, X, X> {
  if (!(rate >= 0 && rate < 1)) throw new Error(`${who}: expected a rate from 0 up to but not 1, got ${rate}`);
  return {
    init: () => ({}),
    forward: (_, x, mode) =>
      tf.tidy(() => {
        if (!mode.training || rate === 0) return tf.clone(x);
        return dropped(x, uniform(mode.training, mode.path, [...chosen(x.shape)]), rate) as X;
      }),
  };
}
