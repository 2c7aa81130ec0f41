/**
 * Indices as ones among zeros, within operations. Stock tfjs refuses a depth of 1, and its wasm kernel, asked for float32, writes
 * the bits of integers.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** '...' (int32) -> '... depth': 1 at the index, 0 elsewhere, also where the index is none of 0 to depth - 1. */
export const oneHot = (indices: Tensor, depth: number): Tensor =>
  tf.cast(tf.equal(tf.expandDims(tf.cast(indices, 'int32'), -1), tf.range(0, depth, 1, 'int32')), 'float32');
