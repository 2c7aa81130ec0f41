/**
 * The numbers of a tensor, as few as are needed: cut out on the backend, so that a tensor of a gigabyte is never copied
 * whole. Complex numbers are read by their magnitude. To be called inside a `tidy`.
 */
import * as tf from '@tensorflow/tfjs-core';

export type Numbers = Float32Array | Int32Array | Uint8Array;

export type Statistics = {
  /** Of the finite values; NaN where there is none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly nan: number;
  readonly infinite: number;
  /** How many values were read. */
  readonly read: number;
};

const MOST_READ = 2 ** 24; // values: 64 MB, a fraction of a second
const PARTS = 16; // of a larger tensor

export const magnitudes = (tensor: tf.Tensor): tf.Tensor => (tensor.dtype === 'complex64' ? tf.abs(tensor) : tensor);

/** In one pass over the values, or over evenly spread parts of them where there are too many. */
export function statistics(tensor: tf.Tensor): Statistics {
  const { size } = tensor;
  const flat = tf.reshape(tensor, [size]);
  const part = MOST_READ / PARTS;
  const starts = Array.from({ length: PARTS }, (_, i) => Math.floor((i * (size - part)) / (PARTS - 1)));
  let [min, max, sum, nan, infinite, read] = [Infinity, -Infinity, 0, 0, 0, 0];
  for (const start of size > MOST_READ ? starts : [0]) {
    const values = readFlat(flat, start, size > MOST_READ ? part : size) as Numbers;
    read += values.length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value - value !== 0) {
        if (Number.isNaN(value)) nan++;
        else infinite++;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
  }
  const finite = read - nan - infinite;
  return finite > 0 ? { min, max, mean: sum / finite, nan, infinite, read } : { min: NaN, max: NaN, mean: NaN, nan, infinite, read };
}

/** Neighbours in the tensor's own order. */
export function readFlat(flat: tf.Tensor, from: number, count: number): Numbers | string[] {
  const whole = from === 0 && count === flat.size;
  const part = whole ? flat : tf.slice(flat, [from], [count]);
  const values = part.dataSync() as Numbers | string[];
  if (!whole) part.dispose();
  return values;
}

/** A part of each axis: from `begin`, every so many of the `count` values that follow. */
export type Range = { readonly begin: number; readonly count: number; readonly every: number };

export const sizeOf = ({ count, every }: Range): number => Math.ceil(count / every);

export function readRanges(tensor: tf.Tensor, ranges: readonly Range[]): Numbers {
  const part = tf.stridedSlice(
    tensor,
    ranges.map(({ begin }) => begin),
    ranges.map(({ begin, count }) => begin + count),
    ranges.map(({ every }) => every),
  );
  const values = part.dataSync() as Numbers;
  part.dispose();
  return values;
}
