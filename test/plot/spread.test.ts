import { describe, expect, it } from 'vitest';
import { spread } from '../../lib/plot/spread';

describe('spread', () => {
  it('moves labels apart about their common middle and leaves the others', () => {
    expect(spread([10, 10, 50], 4)).toEqual([8, 12, 50]);
    expect(spread([0, 20], 4)).toEqual([0, 20]);
  });
});
