/**
 * Cluttered scenes of Fashion-MNIST, with the truth about where the object is: after "translated, cluttered MNIST" of the
 * recurrent attention model (Mnih, Heess, Graves, Kavukcuoglu 2014, arXiv:1406.6247), their generator's order and sizes.
 *
 *   1. a black canvas of size x size
 *   2. `distractors` times: an 8x8 crop at a uniform place of another image, added at a uniform place, clipped to 1
 *   3. the object at a uniform place, 28x28, or with `objectSize` 14 or 7 smaller, each pixel the mean of a block
 *
 * Mask: pixels above 25/255, holes filled. Box: the mask's bounds. A distractor mask marks crops above 25/255 that show.
 *
 * Departures: the object covers what lies behind its mask (theirs adds, so that no pixel would have a single truth), and
 * adds only outside of it. Crops come from the same part of the split: no test image is ever seen while training.
 * Each scene has its own random stream, named by its source, so another number of scenes changes none of the others.
 */
import { stream } from '../tensor/random';
import { fashion, fashionMini } from './fashion';
import { type ImageSet, imageSet, type Split } from './imageSet';
import { boundsOf, maskOf } from './objectMask';
import { noOtherOptions, oneOf, wholeNumber } from './options';

export type ClutteredFashionOptions = {
  seed: number;
  /** side of a scene */
  size?: number;
  /** side of an object: in a scene of 40 one of 28 covers the centre wherever it stands, so a map that always points there is right */
  objectSize?: 28 | 14 | 7;
  distractors?: number;
  distractorSize?: number;
  /** scenes made of each training image; validation and test have one each, so that their images stay independent */
  scenesPerImage?: number;
  from?: 'mini' | 'full';
  /** of the full set, if it is not where its package puts it */
  folder?: string;
  validation?: number;
};

type Recipe = Required<Pick<ClutteredFashionOptions, 'seed' | 'size' | 'distractors' | 'distractorSize'>>;

const visible = 25 / 255;
const mostBytes = 2 ** 32; // a slip of the keyboard should end in a message, not in a full memory

export function clutteredFashion(options: ClutteredFashionOptions): Split {
  const { seed, size = 40, objectSize = 28, distractors = 2, distractorSize = Math.min(8, objectSize), ...more } = options;
  const { scenesPerImage = 1, from = 'mini', folder, validation, ...rest } = more;
  const who = 'clutteredFashion';
  noOtherOptions(who, rest);
  wholeNumber(who, 'seed', seed, { least: 0, most: 2 ** 31 - 1 });
  oneOf(who, 'objectSize', objectSize, [28, 14, 7]);
  wholeNumber(who, 'size', size, { least: objectSize, most: 512 });
  wholeNumber(who, 'distractors', distractors, { least: 0, most: 100 });
  wholeNumber(who, 'distractorSize', distractorSize, { least: 1, most: objectSize });
  wholeNumber(who, 'scenesPerImage', scenesPerImage, { least: 1, most: 1000 });
  oneOf(who, 'from', from, ['mini', 'full']);
  if (folder !== undefined && from !== 'full') throw new Error(`${who}: folder is that of the full set, so it needs from: 'full'`);

  const given = validation === undefined ? {} : { validation };
  const plain = from === 'mini' ? fashionMini(given) : fashion({ ...given, ...(folder !== undefined && { folder }) });
  const bytes = plain.train.count * scenesPerImage * size * size * (4 + 2);
  if (bytes > mostBytes) {
    throw new Error(`${who}: expected at most 4 GiB of scenes, got ${Math.ceil(bytes / 2 ** 30)} GiB; make size or scenesPerImage smaller`);
  }
  const recipe = { seed, size, distractors, distractorSize };
  return {
    train: scenesOf('train', shrunk(plain.train, objectSize), recipe, scenesPerImage),
    validation: scenesOf('validation', shrunk(plain.validation, objectSize), recipe, 1),
    test: scenesOf('test', shrunk(plain.test, objectSize), recipe, 1),
  };
}

/** Each pixel the mean of a block of the larger image. */
function shrunk(plain: ImageSet, side: number): ImageSet {
  const block = plain.height / side;
  if (block === 1) return plain;
  const images = new Float32Array(plain.count * side * side);
  plain.images.forEach((value, at) => {
    const [image, y, x] = [Math.floor(at / plain.height ** 2), Math.floor(at / plain.width) % plain.height, at % plain.width];
    images[(image * side + Math.floor(y / block)) * side + Math.floor(x / block)]! += value / block ** 2;
  });
  return { ...plain, height: side, width: side, images };
}

function scenesOf(part: string, plain: ImageSet, recipe: Recipe, perImage: number): ImageSet {
  const { seed, size } = recipe;
  const count = plain.count * perImage;
  const images = new Float32Array(count * size * size);
  const masks = new Uint8Array(count * size * size);
  const distractorMasks = new Uint8Array(count * size * size);
  const boxes = new Int32Array(count * 4);
  // image by image, then again: any first part of the set holds all classes
  for (let scene = 0; scene < count; scene++) {
    const index = scene % plain.count;
    const random = stream(seed, `data.clutteredFashion.${part}.${plain.sources[index]}.${Math.floor(scene / plain.count)}`);
    const at = scene * size * size;
    const canvas = { image: images.subarray(at, at + size * size), distractor: distractorMasks.subarray(at, at + size * size) };
    scatter(canvas, plain, index, recipe, random);
    boxes.set(place({ ...canvas, mask: masks.subarray(at, at + size * size) }, plain, index, size, random), scene * 4);
  }
  return imageSet({
    name: `clutteredFashion ${part}`,
    classes: plain.classes,
    count,
    height: size,
    width: size,
    channels: 1,
    images,
    labels: Int32Array.from({ length: count }, (_, scene) => plain.labels[scene % plain.count]!),
    sources: Int32Array.from({ length: count }, (_, scene) => plain.sources[scene % plain.count]!),
    masks,
    boxes,
    distractorMasks,
  });
}

type Canvas = { image: Float32Array; distractor: Uint8Array };

/** Crops of other images, added up and clipped. */
function scatter({ image, distractor }: Canvas, plain: ImageSet, object: number, recipe: Recipe, random: () => number): void {
  const { size, distractors, distractorSize } = recipe;
  const side = plain.width;
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  for (let n = 0; n < distractors; n++) {
    const other = (object + 1 + upTo(plain.count - 2)) % plain.count; // any image but the object
    const [x, y] = [upTo(size - distractorSize), upTo(size - distractorSize)];
    const [cropX, cropY] = [upTo(side - distractorSize), upTo(side - distractorSize)];
    for (let row = 0; row < distractorSize; row++) {
      for (let column = 0; column < distractorSize; column++) {
        const value = plain.images[(other * side + cropY + row) * side + cropX + column]!;
        const to = (y + row) * size + x + column;
        image[to] = Math.min(1, image[to]! + value);
        if (value > visible) distractor[to] = 1;
      }
    }
  }
}

/** Puts the object on top and returns its box. */
function place(canvas: Canvas & { mask: Uint8Array }, plain: ImageSet, object: number, size: number, random: () => number): number[] {
  const { image, distractor, mask } = canvas;
  const side = plain.width;
  const [x, y] = [Math.floor(random() * (size - side + 1)), Math.floor(random() * (size - side + 1))];
  const values = plain.images.subarray(object * side * side, (object + 1) * side * side);
  const inside = maskOf(values, { height: side, width: side, above: visible });
  for (let from = 0; from < values.length; from++) {
    const to = (y + Math.floor(from / side)) * size + x + (from % side);
    image[to] = inside[from] ? values[from]! : Math.min(1, image[to]! + values[from]!);
    if (!inside[from]) continue;
    mask[to] = 1;
    distractor[to] = 0; // hidden behind the object
  }
  return boundsOf(mask, { height: size, width: size });
}
