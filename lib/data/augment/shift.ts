/**
 * Random translation: the picture moves by whole pixels, uniform in -pixels..pixels on each axis; what comes in is `fill`.
 * This is the "random crop with padding" of Lee et al. 2015 (arXiv:1409.5185) and He et al. 2016, there with 4 pixels of 32.
 */
import { noOtherOptions, numberBetween, wholeNumber } from '../options';
import { type Augmentation, between, rearranged } from './picture';

export type ShiftOptions = { pixels?: number; fill?: number };

export function shift({ pixels = 4, fill = 0, ...rest }: ShiftOptions = {}): Augmentation {
  noOtherOptions('shift', rest);
  wholeNumber('shift', 'pixels', pixels, { least: 0, most: 1000 });
  numberBetween('shift', 'fill', fill, { least: 0, most: 1 });
  return (picture, random) => {
    const [down, right] = [between(random, -pixels, pixels), between(random, -pixels, pixels)];
    const { height, width } = picture;
    return rearranged(picture, fill, (y, x) => {
      const [fromY, fromX] = [y - down, x - right];
      return fromY < 0 || fromY >= height || fromX < 0 || fromX >= width ? undefined : fromY * width + fromX;
    });
  };
}
