/**
 * Images with their labels as plain typed arrays, and what is done with them whole: checking, choosing, hashing.
 *
 * `sources` says which image of the original set each one was made from. It is what splits are cut by: two scenes made
 * from one image never stand on two sides of a split. Images stay in 0..1 (batches standardise), so a figure can draw them.
 */
import { createHash } from 'node:crypto';
import type { Picture } from './augment/picture';

export type ImageSet = {
  readonly name: string;
  readonly classes: readonly string[];
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** n h w c, 0 to 1 */
  readonly images: Float32Array;
  /** n */
  readonly labels: Int32Array;
  /** n: the id of the source image */
  readonly sources: Int32Array;
  /** n h w: 1 where the object is */
  readonly masks?: Uint8Array;
  /** n 4: x0 y0 x1 y1 of the object, half-open */
  readonly boxes?: Int32Array;
  /** n h w: 1 where a distractor shows */
  readonly distractorMasks?: Uint8Array;
  /** sha256 of all that is above */
  readonly hash: string;
};

/** A set that is not hashed yet. */
export type ImageContents = Omit<ImageSet, 'hash'>;

export type Split = { readonly train: ImageSet; readonly validation: ImageSet; readonly test: ImageSet };

/** Checks that the sizes agree and adds the hash. */
export function imageSet(contents: ImageContents): ImageSet {
  const { name, classes, count, height, width, channels, images, labels, sources, masks, boxes, distractorMasks } = contents;
  const area = height * width;
  const arrays = { images, labels, sources, masks, boxes, distractorMasks };
  const expected = { images: area * channels, labels: 1, sources: 1, masks: area, boxes: 4, distractorMasks: area };
  for (const [field, array] of Object.entries(arrays)) {
    const each = expected[field as keyof typeof expected];
    if (array && array.length !== count * each) {
      throw new Error(`imageSet ${name}: ${field} must have ${count} x ${each} = ${count * each} values, got ${array.length}`);
    }
  }
  const wrong = labels.findIndex((label) => label < 0 || label >= classes.length);
  if (wrong >= 0) throw new Error(`imageSet ${name}: label of image ${wrong} must be 0 to ${classes.length - 1}, got ${labels[wrong]}`);

  const hash = createHash('sha256').update(JSON.stringify({ name, classes, count, height, width, channels }));
  for (const [field, array] of Object.entries(arrays)) {
    if (array) hash.update(field).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return { ...contents, hash: hash.digest('hex') };
}

/** The images at the given places, in the given order. */
export function subset(set: ImageSet | ImageContents, indices: ArrayLike<number>): ImageSet {
  const wrong = Array.from(indices).find((index) => !Number.isInteger(index) || index < 0 || index >= set.count);
  if (wrong !== undefined)
    throw new Error(`subset of ${set.name}: an index must be a whole number from 0 to ${set.count - 1}, got ${wrong}`);
  const { name, classes, height, width, channels, masks, boxes, distractorMasks } = set;
  return imageSet({
    name,
    classes,
    count: indices.length,
    height,
    width,
    channels,
    images: gather(set.images, height * width * channels, indices, new Float32Array(indices.length * height * width * channels)),
    labels: gather(set.labels, 1, indices, new Int32Array(indices.length)),
    sources: gather(set.sources, 1, indices, new Int32Array(indices.length)),
    ...(masks && { masks: gather(masks, height * width, indices, new Uint8Array(indices.length * height * width)) }),
    ...(boxes && { boxes: gather(boxes, 4, indices, new Int32Array(indices.length * 4)) }),
    ...(distractorMasks && {
      distractorMasks: gather(distractorMasks, height * width, indices, new Uint8Array(indices.length * height * width)),
    }),
  });
}

/** The first `count` images; sets keep their classes mixed, so the first few hundred hold all of them. */
export function take(set: ImageSet, count: number): ImageSet {
  if (!Number.isInteger(count) || count < 1 || count > set.count) {
    throw new Error(`take of ${set.name}: count must be a whole number from 1 to ${set.count}, got ${count}`);
  }
  return subset(set, [...Array(count).keys()]);
}

/** One hash for the three parts, which is what the record of a run keeps. */
export const splitHash = ({ train, validation, test }: Split): string =>
  createHash('sha256').update([train.hash, validation.hash, test.hash].join()).digest('hex');

/** One image with its mask, as augmentation takes it: views on the set, not copies. */
export function pictureAt(set: ImageSet, index: number): Picture {
  const { height, width, channels, masks } = set;
  const area = height * width;
  const at = checked(set, index);
  return {
    height,
    width,
    channels,
    values: set.images.subarray(at * area * channels, (at + 1) * area * channels),
    ...(masks && { mask: masks.subarray(at * area, (at + 1) * area) }),
  };
}

/** One image as plain numbers, as figures take it. */
export function imageAt(set: ImageSet, index: number): { height: number; width: number; channels: 1 | 3; values: number[] } {
  const { height, width, channels, values } = pictureAt(set, index);
  if (channels !== 1 && channels !== 3) throw new Error(`imageAt of ${set.name}: only 1 or 3 channels can be drawn, got ${channels}`);
  return { height, width, channels, values: Array.from(values) };
}

/** The mask of one image, as the metrics take it. */
export function maskAt(set: ImageSet, index: number): { height: number; width: number; values: Uint8Array } {
  const { height, width, mask } = pictureAt(set, index);
  if (!mask) throw new Error(`maskAt of ${set.name}: this set has no masks, clutteredFashion has`);
  return { height, width, values: mask };
}

function checked(set: ImageSet, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < set.count) return index;
  throw new Error(`${set.name}: the index of an image must be a whole number from 0 to ${set.count - 1}, got ${index}`);
}

function gather<A extends Float32Array | Int32Array | Uint8Array>(from: A, each: number, indices: ArrayLike<number>, into: A): A {
  for (let row = 0; row < indices.length; row++) into.set(from.subarray(indices[row]! * each, (indices[row]! + 1) * each), row * each);
  return into;
}
