import { describe, expect, it } from 'vitest';
import { numberGrid } from '../../lib/plot/numberGrid';

type Cell = { text: string; fill: string; ink: string; marked: boolean };
const cellsOf = (figure: { spec: object }) => (figure.spec as { datasets: { cells: Cell[] } }).datasets.cells;

describe('numberGrid', () => {
  it('writes each value with the digits asked for, and zero without a sign', () => {
    const figure = numberGrid({ grids: [{ title: 'scores', values: [[-0.001, -1.5]], digits: 1 }] });
    expect(cellsOf(figure).map(({ text }) => text)).toEqual(['0.0', '\u22121.5']);
  });

  it('writes light on dark and dark on light', () => {
    const figure = numberGrid({ grids: [{ title: 'image', values: [[0, 1]], colour: 'grey' }] });
    expect(cellsOf(figure).map(({ fill, ink }) => [fill, ink])).toEqual([
      ['rgb(0,0,0)', '#ffffff'],
      ['rgb(255,255,255)', '#1f2933'],
    ]);
  });

  it('frames the marked cells', () => {
    const figure = numberGrid({ grids: [{ title: 'image', values: [[0, 1]], mark: [[0, 1]] }] });
    expect(cellsOf(figure).map(({ marked }) => marked)).toEqual([false, true]);
  });

  it('wants marked cells inside the grid', () => {
    expect(() => numberGrid({ grids: [{ title: 'image', values: [[0]], mark: [[1, 0]] }] })).toThrow(
      'numberGrid: expected marked cells inside image of 1 x 1, got row 1, column 0',
    );
  });
});
