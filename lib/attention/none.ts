/** No attention: y = x, no map. The control that every comparison has. */
import * as tf from '@tensorflow/tfjs-core';
import type { NoParams } from '../tensor/module';
import type { Attention } from './attention';

export type NoneOptions = { dim: number };

export function none(_: NoneOptions): Attention<NoParams> {
  return { axes: '', handsOn: true, init: () => ({}), forward: (_params, x) => ({ output: tf.clone(x), weights: undefined }) };
}
