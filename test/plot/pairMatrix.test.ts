import { describe, expect, it } from 'vitest';
import { pairMatrix } from '../../lib/plot/pairMatrix';

const weights = [
  [0.25, 0.75],
  [0.5, 0.5],
];

describe('pairMatrix', () => {
  it('lists each pair by query and key', () => {
    expect(pairMatrix({ weights, labels: ['left', 'right'] }).data).toEqual([
      { query: 'left', key: 'left', weight: 0.25 },
      { query: 'left', key: 'right', weight: 0.75 },
      { query: 'right', key: 'left', weight: 0.5 },
      { query: 'right', key: 'right', weight: 0.5 },
    ]);
  });

  it('holds one line a query where there are too many pairs to draw each', () => {
    const many = Array.from({ length: 80 }, (_, q) => Array.from({ length: 80 }, (_, k) => (k === q ? 1 : 0)));
    const figure = pairMatrix({ weights: many });
    expect(figure.data).toHaveLength(80);
    expect(figure.data[3]).toEqual({ query: 3, entropy: 0, key: 3, weight: 1 });
  });

  it('wants rows that sum to 1 and a label for each position', () => {
    expect(() => pairMatrix({ weights: [[0.5, 0.4]] })).toThrow('pairMatrix: expected weights that sum to 1 in row 0, got a sum of 0.900');
    expect(() => pairMatrix({ weights, labels: ['left'] })).toThrow('pairMatrix: expected 2 labels, one a position, got 1 for 2 x 2');
  });
});
