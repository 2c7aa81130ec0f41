import { describe, expect, it } from 'vitest';
import { embedding3d } from '../../lib/plot/embedding3d';

describe('embedding3d', () => {
  it('makes a trace of each class, with its points', () => {
    const figure = embedding3d({
      points: [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      labels: ['Coat', 'Bag', 'Coat'],
    });
    const traces = (figure.spec as { data: { type: string; name: string; x: number[] }[] }).data;
    expect(traces.map(({ type, name, x }) => [type, name, x])).toEqual([
      ['scatter3d', 'Coat', [1, 7]],
      ['scatter3d', 'Bag', [4]],
    ]);
    expect(figure.renderer).toBe('plotly');
  });

  it('names what is wrong with its input', () => {
    expect(() => embedding3d({ points: [[0, 0, 0]], labels: [] })).toThrow('embedding3d: expected 1 labels, one a point, got 0');
    expect(() => embedding3d({ points: [[0, Number.POSITIVE_INFINITY, 0]], labels: ['a'] })).toThrow(
      'embedding3d: expected finite numbers in point 0, got Infinity at index 1',
    );
  });
});
