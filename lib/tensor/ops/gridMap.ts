/**
 * A linear map of a grid, rows and columns apart: y[I, J] = sum over i, j of R[I, i] C[J, j] x[i, j]. What resizing and
 * averages over bins of unequal size have in common; the gradient is the map with both matrices transposed.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** A row for each output position: its weights by input position. */
export type AxisMap = readonly (readonly number[])[];

export function gridMap(x: Tensor4D, down: AxisMap, across: AxisMap): Tensor4D {
  const [b, h, w, c] = x.shape;
  const [rows, columns] = [down.length, across.length];
  const tall = tf.matMul(matrix(down), tf.reshape(x, [b, h, w * c]) as Tensor);
  const wide = tf.matMul(matrix(across), tf.reshape(tall, [b * rows, w, c]) as Tensor);
  return tf.reshape(wide, [b, rows, columns, c]);
}

const matrix = (weights: AxisMap): Tensor => tf.tensor2d(weights.flat(), [weights.length, weights[0]!.length]);

export const transposed = (weights: AxisMap): AxisMap => weights[0]!.map((_, column) => weights.map((row) => row[column]!));
