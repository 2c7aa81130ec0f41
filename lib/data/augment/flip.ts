/** Random mirroring, left to right, with the given probability. */
import { noOtherOptions, numberBetween } from '../options';
import { type Augmentation, rearranged } from './picture';

export type FlipOptions = { probability?: number };

export function flip({ probability = 0.5, ...rest }: FlipOptions = {}): Augmentation {
  noOtherOptions('flip', rest);
  numberBetween('flip', 'probability', probability, { least: 0, most: 1 });
  return (picture, random) => (random() < probability ? rearranged(picture, 0, (y, x) => (y + 1) * picture.width - 1 - x) : picture);
}
