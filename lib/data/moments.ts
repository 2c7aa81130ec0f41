/**
 * Standardisation: (x - mean) / deviation, a channel, with the moments of the training part alone; the other parts are
 * taken by the same numbers, or the test part would have helped to choose them.
 */
import type { ImageSet } from './imageSet';

export type Moments = { readonly mean: readonly number[]; readonly deviation: readonly number[] };

export function moments({ name, images, channels }: ImageSet): Moments {
  const mean = new Array<number>(channels).fill(0);
  const deviation = new Array<number>(channels).fill(0);
  const each = images.length / channels;
  // two passes in doubles: the one-pass formula subtracts two large sums
  images.forEach((value, at) => {
    mean[at % channels]! += value / each;
  });
  images.forEach((value, at) => {
    deviation[at % channels]! += (value - mean[at % channels]!) ** 2 / each;
  });
  deviation.forEach((variance, channel) => {
    // not 0: the rounding of the mean alone leaves something
    if (!(variance > 1e-12)) throw new Error(`moments of ${name}: channel ${channel} must vary, got the same value everywhere`);
    deviation[channel] = Math.sqrt(variance);
  });
  return { mean, deviation };
}

/** A standardised copy of h w c images. */
export function standardise(images: Float32Array, { mean, deviation }: Moments): Float32Array {
  const channels = mean.length;
  return images.map((value, at) => (value - mean[at % channels]!) / deviation[at % channels]!);
}
