/**
 * A set cut into batches of plain arrays. The order of an epoch and each image's augmentation depend on seed, epoch and
 * image alone, never on what was drawn before, so a resumed epoch continues with the same bits.
 *
 * All batches have the same shape (another shape would be another compiled program): training drops the remainder,
 * evaluation pads its last batch with rows of weight 0.
 */
import { stream } from '../tensor/random';
import type { ImageBatch } from '../train/batch';
import type { Augmentation } from './augment/picture';
import { type ImageSet, pictureAt } from './imageSet';
import { type Moments, standardise } from './moments';
import { noOtherOptions, oneOf, wholeNumber } from './options';

/** Padding is 0 in images, labels and weights. */
export type IndexedBatch = ImageBatch & {
  /** places in the set, or -1 for padding */
  readonly indices: Int32Array;
};

export type BatchesOptions = {
  size: number;
  seed?: number;
  epoch?: number;
  shuffle?: boolean;
  /** what becomes of an incomplete last batch: dropped when shuffled, else padded */
  remainder?: 'drop' | 'pad';
  augment?: Augmentation;
  moments?: Moments;
};

export function* batches(set: ImageSet, options: BatchesOptions): Generator<IndexedBatch, void, undefined> {
  const { size, seed = 0, epoch = 0, shuffle = false, remainder: _, augment, moments, ...rest } = options;
  noOtherOptions('batches', rest);
  wholeNumber('batches', 'epoch', epoch, { least: 0, most: 2 ** 31 - 1 });
  if (moments && moments.mean.length !== set.channels) {
    throw new Error(`batches of ${set.name}: moments must be of ${set.channels} channels, got ${moments.mean.length}`);
  }
  const total = batchCount(set, options);
  const order = shuffle ? shuffled(set.count, stream(seed, `order.${epoch}`)) : Int32Array.from({ length: set.count }, (_, index) => index);
  const { height, width, channels } = set;
  const each = height * width * channels;

  for (let first = 0; first < total * size; first += size) {
    const indices = new Int32Array(size).fill(-1);
    indices.set(order.subarray(first, first + size));
    const count = Math.min(size, set.count - first);
    const images = new Float32Array(size * each);
    for (let row = 0; row < count; row++) {
      const index = indices[row]!;
      const plain = pictureAt(set, index);
      const { values } = augment ? augment(plain, stream(seed, `augment.${epoch}.${index}`)) : plain;
      images.set(moments ? standardise(values, moments) : values, row * each);
    }
    yield {
      images,
      labels: indices.map((index) => (index < 0 ? 0 : set.labels[index]!)),
      weights: Float32Array.from(indices, (index) => (index < 0 ? 0 : 1)),
      indices,
      size,
      count,
      height,
      width,
      channels,
    };
  }
}

/** How many batches there will be. */
export function batchCount(set: ImageSet, { size, shuffle = false, remainder = shuffle ? 'drop' : 'pad' }: BatchesOptions): number {
  wholeNumber('batches', 'size', size, { least: 1, most: 1_000_000 });
  oneOf('batches', 'remainder', remainder, ['drop', 'pad']);
  if (remainder === 'drop' && size > set.count) {
    throw new Error(
      `batches of ${set.name}: size must be at most the number of images, ${set.count}, where the remainder is dropped, got ${size}`,
    );
  }
  return remainder === 'drop' ? Math.floor(set.count / size) : Math.ceil(set.count / size);
}

/** Fisher and Yates, as Durstenfeld 1964 wrote it. */
function shuffled(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
