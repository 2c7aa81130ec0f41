import { describe, expect, it } from 'vitest';
import { chanceLevel } from '../../../lib/explain/metrics/chanceLevel';
import { energyInMask } from '../../../lib/explain/metrics/energyInMask';
import { pointingGame } from '../../../lib/explain/metrics/pointingGame';

const mask = { height: 2, width: 4, values: Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 0) };

describe('chanceLevel', () => {
  it('is the share of the image that the object covers', () => {
    expect(chanceLevel(mask)).toBe(3 / 8);
  });

  it('is what a constant map scores in both localisation metrics', () => {
    const constant = [[1, 1, 1, 1], [1, 1, 1, 1]]; // biome-ignore format: a grid
    expect([pointingGame(constant, mask), energyInMask(constant, mask)]).toEqual([3 / 8, 3 / 8]);
  });
});
