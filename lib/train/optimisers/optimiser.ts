/** An optimiser is two pure functions: slots from parameters, and parameters and slots from gradients. */
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Learned } from '../../tensor/module';
import type { Tree } from '../../tensor/tree';

export type Optimiser = {
  readonly init: <P extends Tree>(params: P) => Slots<P>;
  /** `step` counts from 1 (int32), `rate` is the learning rate of this step. */
  readonly update: <P extends Tree>(params: Learned<P>, grads: Learned<P>, slots: Slots<P>, step: Scalar, rate: Scalar) => Updated<P>;
};
/** One tree of the structure of the learned parameters for each moment. */
export type Slots<P extends Tree> = { readonly [name: string]: Learned<P> & Tree };
export type Updated<P extends Tree> = { params: Learned<P>; slots: Slots<P> };
