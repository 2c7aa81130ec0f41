/**
 * Indices as ones among zeros, within operations. Stock tfjs refuses a depth of 1, and its wasm kernel, asked for float32, writes
 * the bits of integers.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** '...' (int32) -> '... depth', or with the new axis at `axis`: 1 at the index, 0 elsewhere, also where it is none of 0 to depth - 1. */
export function oneHot(indices: Tensor, depth: number, axis: number = indices.rank): Tensor {
  const places = tf.reshape(tf.range(0, depth, 1, 'int32'), [depth, ...new Array<number>(indices.rank - axis).fill(1)]);
  return tf.cast(tf.equal(tf.expandDims(tf.cast(indices, 'int32'), axis), places), 'float32');
}
