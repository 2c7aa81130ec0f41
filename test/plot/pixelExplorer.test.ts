import { describe, expect, it } from 'vitest';
import { vegaModules } from '../../lib/display/render';
import { pixelExplorer } from '../../lib/plot/pixelExplorer';

const image = { height: 2, width: 2, channels: 1 as const, values: [0, 0.25, 0.5, 1] };
const scores = [0, 1].map((head) =>
  Array.from({ length: 4 }, (_, q) => Array.from({ length: 4 }, (_, k) => Math.sin(3 * q + k) + head * k)),
);

function softmax(row: readonly number[], temperature: number): number[] {
  const raised = row.map((z) => Math.exp(z / temperature));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((e) => e / total);
}

type Row = { key: number; x?: number; score: number; weight: number; words?: string };

/** The figure as a reader's browser runs it, without the drawing. */
async function open(figure: { spec: object }) {
  const [vega, vegaLite] = await vegaModules();
  const { spec } = vegaLite.compile(structuredClone(figure.spec) as Parameters<typeof vegaLite.compile>[0]);
  const view = await new vega.View(vega.parse(spec), { renderer: 'none' }).runAsync();
  const tables = (spec.data ?? []).map(({ name }) => name);
  const rows = () => tables.map((name) => view.data(name) as Row[]).find(([row]) => row?.weight !== undefined && row.x !== undefined)!;
  return {
    view,
    weights: () => rows().map(({ weight }) => weight),
    words: () => tables.flatMap((name) => (view.data(name) as Row[]).flatMap(({ words }) => words ?? [])),
    // what a click on a pixel of the image does: it stores the pixel's key
    pick: (key: number) => {
      const [{ unit, fields }] = view.data('pick_store') as [{ unit: string; fields: object[] }];
      view.change(
        'pick_store',
        vega
          .changeset()
          .remove(() => true)
          .insert({ unit, fields, values: [key] }),
      );
      return view.runAsync();
    },
  };
}

const close = (got: readonly number[], expected: readonly number[]) => {
  expect(got).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 3); // scores are kept with 12 bits
};

describe('pixelExplorer', () => {
  it('computes the softmax of the picked row inside the figure, for any pixel, temperature and head', async () => {
    const explorer = await open(pixelExplorer({ image, scores, query: 1 }));
    close(explorer.weights(), softmax(scores[0]![1]!, 1));
    await explorer.pick(2);
    close(explorer.weights(), softmax(scores[0]![2]!, 1));
    await explorer.view.signal('temperature', 0.3).runAsync();
    close(explorer.weights(), softmax(scores[0]![2]!, 0.3));
    await explorer.view.signal('head', 1).runAsync();
    close(explorer.weights(), softmax(scores[1]![2]!, 0.3));
    expect(explorer.weights().reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    explorer.view.finalize();
  });

  it('says in words which pixel is picked, how spread its weights are and what its neighbours hold', async () => {
    const wide = { height: 1, width: 4, channels: 1 as const, values: [0, 0, 0, 0] };
    const even = [Array.from({ length: 4 }, () => [2, 2, 2, 2])];
    const explorer = await open(pixelExplorer({ image: wide, scores: even, query: 0 }));
    expect(explorer.words()).toEqual([
      'row 0, column 0',
      'from 2 to 2',
      'entropy 1.39 of at most 1.39 nats',
      'pixel and neighbours hold 50 %; largest 0.25',
    ]);
    await explorer.pick(2);
    expect(explorer.words()).toContain('pixel and neighbours hold 75 %; largest 0.25');
    explorer.view.finalize();
  });

  it('draws a score of zero white: the scale reaches as far below zero as above', async () => {
    const explorer = await open(pixelExplorer({ image, scores: [Array.from({ length: 4 }, () => [-1, 0, 2, 4])], query: 0 }));
    const scale = explorer.view.scale('concat_1_color') as ((score: number) => string) & { domain: () => number[] };
    expect(scale.domain()).toEqual([-4, 4]);
    expect([scale(0), scale(4)]).toEqual(['rgb(255, 255, 255)', 'rgb(140, 63, 10)']);
    explorer.view.finalize();
  });

  it('stores two letters a score', () => {
    const { cells } = (pixelExplorer({ image, scores }).spec as { datasets: { cells: { scores: string[] }[] } }).datasets;
    expect(cells.map((cell) => cell.scores.map((text) => text.length))).toEqual([
      [8, 8],
      [8, 8],
      [8, 8],
      [8, 8],
    ]);
  });

  it('has a menu for heads only where there are several', () => {
    const bound = (heads: number) =>
      (pixelExplorer({ image, scores: scores.slice(0, heads) }).spec as { params: { bind?: object }[] }).params.map(
        ({ bind }) => bind !== undefined,
      );
    expect([bound(1), bound(2)]).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it('names what is wrong with its input', () => {
    expect(() => pixelExplorer({ image, scores: [] })).toThrow('pixelExplorer: expected scores of at least one head, got none');
    expect(() => pixelExplorer({ image, scores: [[[1, 2]]] })).toThrow(
      'pixelExplorer: expected 4 x 4 scores for an image of 2 x 2 in head 0, got 1 x 2',
    );
    expect(() => pixelExplorer({ image, scores, query: 4 })).toThrow('pixelExplorer: expected query to be a pixel from 0 to 3, got 4');
    expect(() => pixelExplorer({ image, scores, temperature: 0 })).toThrow('pixelExplorer: expected temperature from 0.1 to 4, got 0');
    const huge = { height: 40, width: 40, channels: 1 as const, values: new Float32Array(1600) };
    expect(() => pixelExplorer({ image: huge, scores })).toThrow(
      'expected at most 2,400,000 scores (a smaller image or fewer heads), got 5,120,000',
    );
  });
});
