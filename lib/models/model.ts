/** A model of images: logits, and the maps of all that looked, by path. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Module, Trace } from '../tensor/module';
import type { Tree } from '../tensor/tree';

export type Model<P extends Tree> = Module<P, Tensor4D, { logits: Tensor2D; trace: Trace }>;
