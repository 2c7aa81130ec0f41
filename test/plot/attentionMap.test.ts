import { describe, expect, it } from 'vitest';
import { attentionMap } from '../../lib/plot/attentionMap';
import { image } from './examples';

describe('attentionMap', () => {
  it('lists each cell with its weight and finds the largest', () => {
    const figure = attentionMap({ image, weights: [[0.1, 0.9]] });
    expect(figure.data).toEqual([
      { row: 0, column: 0, weight: 0.1 },
      { row: 0, column: 1, weight: 0.9 },
    ]);
    expect(figure.description).toContain('largest weight 0.900 at row 0, column 1');
  });

  it('counts the weight inside the true object, a cell by the share of it that is inside', () => {
    // the mask covers the right half of the left cell and all of the right one: 0.4 / 2 + 0.6
    const figure = attentionMap({ image, weights: [[0.4, 0.6]], mask: [[0, 1, 1, 1]] });
    expect(figure.description).toContain('80.0 % of the weight is inside the true object');
  });

  it('says what uniform would be where the weights sum to 1, and their range where they do not', () => {
    expect(JSON.stringify(attentionMap({ image, weights: [[0.5, 0.25, 0.25]] }).spec)).toContain('uniform would be 0.333');
    expect(JSON.stringify(attentionMap({ image, weights: [[0.5, 0.75]] }).spec)).toContain('from 0.500 to 0.750');
  });

  it('names what is wrong with its input', () => {
    expect(() => attentionMap({ image, weights: [[0.5, Number.NaN]] })).toThrow(
      'attentionMap: expected finite numbers in row 0 of weights, got NaN at index 1',
    );
    expect(() => attentionMap({ image: { ...image, width: 5 }, weights: [[1]] })).toThrow(
      'attentionMap: expected 10 values for image of 2 x 5 x 1, got 6',
    );
  });
});
