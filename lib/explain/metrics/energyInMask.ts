/**
 * Energy in the mask: the share of the map's mass that lies on the object; Relevance Mass Accuracy of Arras, Osman, Samek
 * 2020 (arXiv:2003.07258), energy-based pointing game of Wang et al. 2020 (arXiv:1910.01279).
 *
 *   share = sum over pixels of the mask of m / sum over all pixels of m        0 to 1, chance: the mask's share of the area
 *
 * A coarse map gives each pixel its cell's value. A map of zeros points nowhere and counts as a uniform one. A signed map
 * has no mass: take `positivePart` first, or the share could be anything.
 */
import { type AttentionMap, checkFit, checkMask, type Mask, mapSize } from './map';

export function energyInMask(map: AttentionMap, mask: Mask): number {
  const { h, w } = mapSize('energyInMask', map);
  checkMask('energyInMask', mask);
  checkFit('energyInMask', { h, w }, mask);
  const lowest = Math.min(...map.map((row) => Math.min(...row)));
  if (lowest < 0) throw new Error(`energyInMask: expected values of 0 or more, got ${lowest}; take positivePart of a signed map first`);

  const uniform = map.every((row) => row.every((value) => value === 0));
  let [inside, total] = [0, 0];
  for (let y = 0; y < mask.height; y++) {
    const row = map[Math.floor((y * h) / mask.height)]!;
    for (let x = 0; x < mask.width; x++) {
      const value = uniform ? 1 : row[Math.floor((x * w) / mask.width)]!;
      total += value;
      if (mask.values[y * mask.width + x]) inside += value;
    }
  }
  return inside / total;
}
