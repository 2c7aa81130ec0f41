/**
 * Pointing game (Zhang et al. 2016, arXiv:1608.00507): does the map's maximum lie on the object?
 *
 *   hit = 1 if the centre of the largest cell is within `tolerance` pixels of the mask, else 0        accuracy = mean of hits
 *
 * Where several cells share the maximum the result is the share of them that hits, so a constant map scores what a random
 * cell would, and not the luck of the first one. An empty mask is an error. Theirs allows 15 pixels; here 0 unless asked.
 */
import { type AttentionMap, checkFit, checkMask, type Mask, mapSize } from './map';

export function pointingGame(map: AttentionMap, mask: Mask, { tolerance = 0 }: { tolerance?: number } = {}): number {
  const { h, w } = mapSize('pointingGame', map);
  checkMask('pointingGame', mask);
  checkFit('pointingGame', { h, w }, mask);
  if (!(tolerance >= 0)) throw new Error(`pointingGame: tolerance must be 0 or more pixels, got ${tolerance}`);

  const largest = Math.max(...map.map((row) => Math.max(...row)));
  const hits: boolean[] = [];
  map.forEach((row, i) => {
    row.forEach((value, j) => {
      if (value !== largest) return;
      hits.push(near(mask, Math.floor(((i + 0.5) * mask.height) / h), Math.floor(((j + 0.5) * mask.width) / w), tolerance));
    });
  });
  return hits.filter(Boolean).length / hits.length;
}

function near({ height, width, values }: Mask, y: number, x: number, tolerance: number): boolean {
  const reach = Math.floor(tolerance);
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
    for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
      if (values[row * width + column] && Math.hypot(row - y, column - x) <= tolerance) return true;
    }
  }
  return false;
}
