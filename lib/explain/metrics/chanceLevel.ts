/**
 * What a map that knows nothing scores: the mask's share of the image, which is the pointing game of a random pixel and the
 * energy of a uniform map.
 *
 *   chance = pixels of the mask / pixels of the image
 */
import { checkMask, type Mask } from './map';

export function chanceLevel(mask: Mask): number {
  checkMask('chanceLevel', mask);
  return Array.prototype.filter.call(mask.values, Boolean).length / mask.values.length;
}
