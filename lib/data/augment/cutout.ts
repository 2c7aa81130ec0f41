/**
 * Cutout (DeVries and Taylor 2017, arXiv:1708.04552): a square of size x size, centred on a uniform pixel, is set to `fill`;
 * at the border it is cut off, as theirs is, so a part of the images keeps most of its content.
 *
 * What is covered is no longer the object's: the mask loses the square too.
 */
import { noOtherOptions, numberBetween, wholeNumber } from '../options';
import { type Augmentation, between, rearranged } from './picture';

export type CutoutOptions = { size?: number; fill?: number };

export function cutout({ size = 8, fill = 0, ...rest }: CutoutOptions = {}): Augmentation {
  noOtherOptions('cutout', rest);
  wholeNumber('cutout', 'size', size, { least: 1, most: 1000 });
  numberBetween('cutout', 'fill', fill, { least: 0, most: 1 });
  return (picture, random) => {
    const { height, width } = picture;
    const top = between(random, 0, height - 1) - Math.floor(size / 2);
    const left = between(random, 0, width - 1) - Math.floor(size / 2);
    const inside = (y: number, x: number): boolean => y >= top && y < top + size && x >= left && x < left + size;
    return rearranged(picture, fill, (y, x) => (inside(y, x) ? undefined : y * width + x));
  };
}
