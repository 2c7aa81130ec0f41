import { describe, expect, it } from 'vitest';
import { energyInMask } from '../../../lib/explain/metrics/energyInMask';

describe('energyInMask', () => {
  it('is the share of the mass on the object', () => {
    expect(energyInMask([[1, 2], [3, 4]], { height: 2, width: 2, values: [0, 1, 0, 1] })).toBe(0.6); // biome-ignore format: a grid
  });

  it('does not depend on the scale of the map', () => {
    expect(energyInMask([[100, 300]], { height: 1, width: 2, values: [1, 0] })).toBe(0.25);
  });

  it('gives each pixel the value of its cell: 1 x 2 cells over 2 x 5 pixels are 3 and 2 columns', () => {
    // column 2 is floor(2 * 2 / 5) = cell 0; mass 2 x (3 x 1 + 2 x 2) = 14, on the last column 2 x 2 = 4
    expect(energyInMask([[1, 2]], { height: 2, width: 5, values: [0, 0, 0, 0, 1, 0, 0, 0, 0, 1] })).toBeCloseTo(4 / 14, 15);
  });

  it('takes a map of zeros for a uniform one', () => {
    expect(energyInMask([[0, 0]], { height: 1, width: 4, values: [1, 0, 0, 0] })).toBe(0.25);
  });

  it('refuses a signed map, whose share could be anything', () => {
    expect(() => energyInMask([[2, -1]], { height: 1, width: 2, values: [1, 0] })).toThrow(
      'energyInMask: expected values of 0 or more, got -1; take positivePart of a signed map first',
    );
  });
});
