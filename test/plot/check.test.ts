import { describe, expect, it } from 'vitest';
import { check, checkGrid, checkImage, checkWeights } from '../../lib/plot/check';

describe('check', () => {
  it('says who, what was expected and what came', () => {
    expect(() => check(false, 'attentionMap', 'one row', 'none')).toThrow('attentionMap: expected one row, got none');
    expect(() => check(true, 'attentionMap', 'one row', 'none')).not.toThrow();
  });

  it('names the ragged row of a grid', () => {
    expect(() => checkGrid('f', 'weights', [[1, 2], [3]])).toThrow('f: expected rows of 2 numbers in weights, got 1 in row 1');
    expect(() => checkGrid('f', 'weights', [])).toThrow('f: expected at least one row and one column in weights, got 0 x 0');
    expect(checkGrid('f', 'weights', [[1, 2, 3]])).toEqual({ height: 1, width: 3 });
  });

  it('names the place of a number that is none', () => {
    expect(() => checkGrid('f', 'weights', [[1, Number.NaN]])).toThrow(
      'f: expected finite numbers in row 0 of weights, got NaN at index 1',
    );
  });

  it('counts the values of an image', () => {
    const image = { height: 2, width: 3, channels: 3 as const, values: new Float32Array(6) };
    expect(() => checkImage('f', 'image 0', image)).toThrow('f: expected 18 values for image 0 of 2 x 3 x 3, got 6');
    expect(() => checkImage('f', 'image 0', { ...image, values: new Float32Array(18) })).not.toThrow();
  });

  it('wants weights that sum to 1', () => {
    expect(() => checkWeights('f', 'row 0', [0.5, 0.6])).toThrow('f: expected weights that sum to 1 in row 0, got a sum of 1.10');
    expect(() => checkWeights('f', 'row 0', [1.5, -0.5])).toThrow('f: expected weights of at least 0 in row 0, got -0.5 at index 1');
    expect(() => checkWeights('f', 'row 0', [0.25, 0.75])).not.toThrow();
  });
});
