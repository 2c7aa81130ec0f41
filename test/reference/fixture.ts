/** Numbers that PyTorch 2.13 and timm 1.0.31 computed in float64, rounded once to float32 (test/fixtures/pytorch/README.md). */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { decodeSafetensors } from '../../lib/native/safetensors';

export type Fixture = <R extends tf.Rank>(name: string) => tf.Tensor<R>;

export function fixture(name: string): Fixture {
  const path = `test/fixtures/pytorch/${name}.safetensors`;
  const stored = decodeSafetensors(readFileSync(path), path);
  return <R extends tf.Rank>(key: string) => {
    const found = stored[key];
    if (!found) throw new Error(`${path}: expected ${key}, got ${Object.keys(stored).join(', ')}`);
    const values = Float32Array.from(found.values as ArrayLike<number>);
    return tf.tensor<R>(values, [...found.shape] as tf.ShapeMap[R]);
  };
}

/** Images from PyTorch's order of axes to ours. */
export const nhwc = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
/** Convolution weights (out, in, height, width) to (height, width, in, out). */
export const hwio = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x as tf.Tensor4D, [2, 3, 1, 0]);
/** Linear weights (out, in) to (in, out); a 1 x 1 convolution is one too. */
export const inOut = (x: tf.Tensor): tf.Tensor2D => tf.transpose(tf.reshape(x, [x.shape[0]!, -1])) as tf.Tensor2D;

/** max |ours - theirs| <= tolerance max(1, max |theirs|). */
export function agree(ours: tf.Tensor, theirs: tf.Tensor, tolerance: number): void {
  expect(ours.shape).toEqual(theirs.shape);
  const size = Math.max(1, tf.max(tf.abs(theirs)).dataSync()[0]!);
  expect(tf.max(tf.abs(tf.sub(ours, theirs))).dataSync()[0]! / size).toBeLessThanOrEqual(tolerance);
}
export const OUTPUT = 2e-5;
export const GRADIENT = 1e-4;
