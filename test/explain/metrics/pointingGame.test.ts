import { describe, expect, it } from 'vitest';
import { pointingGame } from '../../../lib/explain/metrics/pointingGame';

// 4 x 6, the object in the upper right corner
const mask = { height: 4, width: 6, values: [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] };
/** A map of 4 x 6 with a 1 at (y, x). */
const peak = (y: number, x: number): number[][] =>
  [0, 1, 2, 3].map((row) => [0, 1, 2, 3, 4, 5].map((column) => Number(row === y && column === x)));

describe('pointingGame', () => {
  it('is 1 where the largest value lies on the object, else 0', () => {
    expect([
      pointingGame(peak(0, 4), mask),
      pointingGame(peak(1, 5), mask),
      pointingGame(peak(1, 3), mask),
      pointingGame(peak(2, 5), mask),
    ]).toEqual([1, 1, 0, 0]);
  });

  it('takes the centre of a coarse cell: cell (0, 1) of 2 x 2 has its centre at pixel (1, 4), cell (0, 0) at (1, 1)', () => {
    expect([pointingGame([[0, 1], [0, 0]], mask), pointingGame([[1, 0], [0, 0]], mask)]).toEqual([1, 0]); // biome-ignore format: grids
    const centre = { height: 4, width: 6, values: mask.values.map((_, at) => Number(at === 10)) };
    expect(pointingGame([[0, 1], [0, 0]], centre)).toBe(1); // biome-ignore format: a grid
  });

  it('shares a tie among the cells: a constant map scores the mask’s share of the cells', () => {
    expect(
      pointingGame(
        [0, 0, 0, 0].map(() => [7, 7, 7, 7, 7, 7]),
        mask,
      ),
    ).toBe(4 / 24);
    expect(pointingGame([[5, 5]], { height: 1, width: 2, values: [0, 1] })).toBe(0.5);
  });

  it('lets a miss within the tolerance count: from (1, 2) to (1, 4) are 2 pixels, from (3, 3) to (1, 4) the root of 5', () => {
    expect([1.9, 2].map((tolerance) => pointingGame(peak(1, 2), mask, { tolerance }))).toEqual([0, 1]);
    expect([2.2, 2.3].map((tolerance) => pointingGame(peak(3, 3), mask, { tolerance }))).toEqual([0, 1]);
  });

  it('works on signed maps, and refuses an empty mask, which nothing could hit', () => {
    expect(pointingGame([[-3, -1]], { height: 1, width: 2, values: [0, 1] })).toBe(1);
    expect(() => pointingGame([[1]], { height: 1, width: 1, values: [0] })).toThrow(
      'pointingGame: expected a mask that marks an object, got an empty one',
    );
    expect(() => pointingGame([[1]], { height: 1, width: 1, values: [1] }, { tolerance: -1 })).toThrow(
      'pointingGame: tolerance must be 0 or more pixels, got -1',
    );
  });
});
