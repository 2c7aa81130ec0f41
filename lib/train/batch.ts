/** A batch as data hands it over, plain numbers, and as a step takes it, tensors. */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Images b h w c row by row, standardised; the first `count` of `size` rows are real, the others fill up and weigh 0. */
export type ImageBatch = {
  readonly size: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly weights: Float32Array;
};
export type Batch = { images: Tensor4D; labels: Tensor1D; weights: Tensor1D };

export function upload({ size, height, width, channels, images, labels, weights }: ImageBatch): Batch {
  return {
    images: tf.tensor4d(images, [size, height, width, channels]),
    labels: tf.tensor1d(labels, 'int32'),
    weights: tf.tensor1d(weights),
  };
}
