import { describe, expect, it } from 'vitest';
import { learningCurves } from '../../lib/plot/learningCurves';

type Mean = { model: string; step: number; mean: number; low: number; high: number };
const meansOf = (figure: { spec: object }) => (figure.spec as { datasets: { means: Mean[] } }).datasets.means;

describe('learningCurves', () => {
  it('draws the mean of the seeds and its 95 % interval: mean +- 4.303 sd / sqrt 3 for three seeds', () => {
    const curves = [1, 2, 3].map((value, seed) => ({ model: 'plain', seed, values: [value] }));
    const [row] = meansOf(learningCurves({ curves, metric: 'loss', unit: 'nats' }));
    expect(row).toMatchObject({ model: 'plain', step: 1, mean: 2 });
    expect(row!.high - row!.mean).toBeCloseTo(4.303 / Math.sqrt(3), 3);
    expect(row!.mean - row!.low).toBeCloseTo(4.303 / Math.sqrt(3), 3);
  });

  it('shows shares in per cent, with chance by its value', () => {
    const figure = learningCurves({
      curves: [{ model: 'plain', seed: 0, values: [0.25, 0.5] }],
      metric: 'accuracy',
      unit: '%',
      chance: 0.1,
    });
    expect(meansOf(figure).map(({ mean }) => mean)).toEqual([25, 50]);
    expect(JSON.stringify(figure.spec)).toContain('"accuracy (%)"');
    expect(JSON.stringify(figure.spec)).toContain('"chance, 10 %"');
    expect(figure.description).toContain('plain 50.0 %; chance 10 %');
  });

  it('averages only the steps that all seeds reached', () => {
    const curves = [
      { model: 'plain', seed: 0, values: [1, 2, 3] },
      { model: 'plain', seed: 1, values: [3, 4] },
    ];
    expect(meansOf(learningCurves({ curves, metric: 'loss' })).map(({ step, mean }) => [step, mean])).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it('keeps the hue of a model where another one is missing', () => {
    const hues = (models?: string[]) => {
      const figure = learningCurves({ curves: [{ model: 'b', seed: 0, values: [1] }], metric: 'loss', ...(models && { models }) });
      return /"domain":(\["[^\]]*\]),"range":(\[[^\]]*\])/
        .exec(JSON.stringify(figure.spec))!
        .slice(1)
        .map((list) => JSON.parse(list) as string[]);
    };
    expect(hues(['a', 'b'])[0]!.indexOf('b')).toBe(1);
    expect(hues(['a', 'b'])[1]![1]).toBe('#d55e00');
    expect(hues()[1]![0]).toBe('#0072b2');
  });

  it('names what is wrong with its input', () => {
    expect(() => learningCurves({ curves: [], metric: 'loss' })).toThrow('learningCurves: expected at least one curve, got none');
    expect(() => learningCurves({ curves: [{ model: 'a', seed: 3, values: [1, Number.NaN] }], metric: 'loss' })).toThrow(
      'learningCurves: expected finite numbers in the curve of a, seed 3, got NaN at index 1',
    );
    expect(() => learningCurves({ curves: [{ model: 'a', seed: 3, values: [1, 2], steps: [1] }], metric: 'loss' })).toThrow(
      'expected 2 steps',
    );
    expect(() => learningCurves({ curves: [{ model: 'a', seed: 0, values: [1] }], metric: 'loss', models: ['b'] })).toThrow(
      'expected models to name every model',
    );
  });
});
