/** A small set for tests: `count` images of height x width x channels, value = its place / the number of values. */
import { type ImageSet, imageSet } from '../../lib/data/imageSet';

export function smallSet({ count = 5, height = 2, width = 3, channels = 1, classes = 2 } = {}): ImageSet {
  const length = count * height * width * channels;
  return imageSet({
    name: 'small',
    classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
    count,
    height,
    width,
    channels,
    images: Float32Array.from({ length }, (_, at) => at / length),
    labels: Int32Array.from({ length: count }, (_, index) => index % classes),
    sources: Int32Array.from({ length: count }, (_, index) => 100 + index),
    masks: Uint8Array.from({ length: count * height * width }, (_, at) => at % 2),
    boxes: Int32Array.from({ length: count * 4 }, (_, at) => at),
  });
}
