import { describe, expect, it } from 'vitest';
import { checkFit, checkMask, mapSize, positivePart } from '../../../lib/explain/metrics/map';

describe('mapSize', () => {
  it('is rows by columns', () => {
    expect(mapSize('test', [[1, 2, 3], [4, 5, 6]])).toEqual({ h: 2, w: 3 }); // biome-ignore format: a grid
  });

  it('refuses what is no map: nothing, ragged rows, numbers that are none', () => {
    expect(() => mapSize('test', [])).toThrow('test: expected a map of at least one cell, got 0 x 0');
    expect(() => mapSize('test', [[1, 2], [3]])).toThrow('test: expected rows of 2 cells, got 1 in row 1');
    expect(() =>
      mapSize('test', [
        [1, 2],
        [3, Number.NaN],
      ]),
    ).toThrow('test: expected finite numbers, got NaN at row 1, column 1');
  });
});

describe('a mask', () => {
  it('must fill its size and mark something', () => {
    expect(() => checkMask('test', { height: 2, width: 2, values: [1, 0, 0] })).toThrow('test: expected a mask of 2 x 2 = 4 values, got 3');
    expect(() => checkMask('test', { height: 1, width: 2, values: [0, 0] })).toThrow(
      'test: expected a mask that marks an object, got an empty one',
    );
    expect(() => checkMask('test', { height: 1, width: 2, values: Uint8Array.of(0, 1) })).not.toThrow();
  });

  it('must be at least as fine as the map', () => {
    expect(() => checkFit('test', { h: 1, w: 3 }, { height: 2, width: 2, values: [1, 1, 1, 1] })).toThrow(
      'test: expected a map of at most 2 x 2, as large as the mask, got 1 x 3',
    );
  });
});

describe('positivePart', () => {
  it('keeps what is above 0', () => {
    expect(positivePart([[-1, 0, 2]])).toEqual([[0, 0, 2]]);
  });
});
