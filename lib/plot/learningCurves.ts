/**
 * A metric over training for several models and seeds: the mean of a model's seeds with its 95 % interval
 * (Student's t), or one thin line a seed below the mean. Names stand at the end of their lines.
 */
import { check, checkFinite } from './check';
import type { Figure, Words } from './figure';
import { digits, ended, plain, round } from './numbers';
import { spread } from './spread';
import { line, palette, quiet, vegaLite } from './theme';

/** One run: `values[i]` was measured at `steps[i]`; without steps at 1, 2, 3 and so on. */
export type Curve = {
  readonly model: string;
  readonly seed: number;
  readonly values: readonly number[];
  readonly steps?: readonly number[];
};

export type LearningCurvesOptions = Words & {
  readonly curves: readonly Curve[];
  readonly metric: string;
  /** Shown on the axis; '%' multiplies by 100. */
  readonly unit?: string;
  /** What the steps count. */
  readonly x?: string;
  readonly band?: 'interval' | 'seeds';
  /** What guessing reaches, drawn dashed. */
  readonly chance?: number;
  /** Range of the vertical axis, in the values' own unit. */
  readonly domain?: readonly [number, number];
  /** All models of the notebook in order, so that each keeps its hue from figure to figure. */
  readonly models?: readonly string[];
};

const who = 'learningCurves';
const [width, height] = [440, 250];

export function learningCurves(options: LearningCurvesOptions): Figure {
  const { curves, metric, unit = '', x = 'epoch', band = 'interval', chance, domain, models } = options;
  check(curves.length > 0, who, 'at least one curve', 'none');
  for (const curve of curves) checkCurve(curve);
  const names = [...new Set(curves.map((curve) => curve.model))];
  const hues = models ?? names;
  for (const name of names) check(hues.includes(name), who, `models to name every model of the curves (${hues.join(', ')})`, name);

  const factor = unit === '%' ? 100 : 1;
  const data = curves.flatMap(({ model, seed, values, steps }) =>
    values.map((value, i) => ({ model, seed, step: steps?.[i] ?? i + 1, value: round(factor * value) })),
  );
  const means = names.flatMap((model) =>
    meanBySteps(
      model,
      data.filter((row) => row.model === model),
    ),
  );
  const shown = [...means.flatMap(({ low, high, mean }) => [low, high, mean]), ...(band === 'seeds' ? data.map((row) => row.value) : [])];
  const extremes = [...shown, ...(chance === undefined ? [] : [factor * chance])];
  const [bottom, top] = domain ? [factor * domain[0], factor * domain[1]] : padded(Math.min(...extremes), Math.max(...extremes));
  const steps = data.map((row) => row.step);
  const range = [Math.min(...steps), Math.max(...steps)];

  const ends = names.map((model) => means.filter((row) => row.model === model).at(-1)!);
  const perPixel = (top - bottom) / height;
  const labelled = spread(
    ends.map((end) => end.mean),
    12 * perPixel,
  ).map((at, i) => ({ model: ends[i]!.model, step: ends[i]!.step, at: Math.min(top, Math.max(bottom, at)) }));

  const seeds = Math.max(...names.map((model) => new Set(data.filter((row) => row.model === model).map((row) => row.seed)).size));
  const single = seeds === 1;
  const title = options.title ?? `${metric[0]!.toUpperCase()}${metric.slice(1)}`;
  const meaning = single
    ? '1 seed'
    : `${seeds} seeds, ${band === 'interval' ? 'line = mean, band = 95 % interval of the mean' : 'thick line = mean, thin lines = seeds'}`;
  const subtitle = options.subtitle ?? meaning;
  const inUnit = (value: number, write = digits): string => `${write(value)}${unit && ` ${unit}`}`;
  const description = `${ended(title)} ${metric} against ${x}; ${meaning}. At the end: ${ends.map(({ model, mean }) => `${model} ${inUnit(mean)}`).join(', ')}${chance === undefined ? '' : `; chance ${inUnit(factor * chance, plain)}`}.`;

  const axisX = {
    field: 'step',
    type: 'quantitative',
    title: x,
    scale: { domain: range, nice: false },
    axis: { tickMinStep: 1, tickCount: 8 },
  };
  const axisY = (field: string): object => ({
    field,
    type: 'quantitative',
    title: unit ? `${metric} (${unit})` : metric,
    scale: { domain: [bottom, top], nice: false, zero: false },
  });
  const color = {
    field: 'model',
    type: 'nominal',
    legend: null,
    scale: { domain: hues, range: hues.map((_, i) => palette[i % palette.length]) },
  };
  const clip = true; // a loss that starts far above the axis leaves the picture instead of crossing the title

  const spreadLayer =
    band === 'interval'
      ? {
          data: { name: 'means' },
          mark: { type: 'area', opacity: 0.15, clip },
          encoding: { x: axisX, y: axisY('low'), y2: { field: 'high' }, color },
        }
      : {
          data: { name: 'data' },
          mark: { type: 'line', strokeWidth: 0.8, opacity: 0.55, clip },
          encoding: { x: axisX, y: axisY('value'), color, detail: { field: 'seed', type: 'nominal' } },
        };
  const chanceLayers =
    chance === undefined
      ? []
      : [
          { data: { values: [{}] }, mark: { type: 'rule', strokeDash: [4, 3], color: line }, encoding: { y: { datum: factor * chance } } },
          {
            data: { values: [{}] },
            mark: { type: 'text', align: 'right', dy: -6, color: quiet, text: `chance, ${inUnit(factor * chance, plain)}` },
            encoding: { x: { value: width - 2 }, y: { datum: factor * chance } },
          },
        ];
  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width: width + 80,
    datasets: { means, labels: labelled },
    spec: {
      width,
      height,
      layer: [
        ...(single ? [] : [spreadLayer]),
        ...chanceLayers,
        { data: { name: 'means' }, mark: { type: 'line', clip, tooltip: true }, encoding: { x: axisX, y: axisY('mean'), color } },
        {
          data: { name: 'labels' },
          mark: { type: 'text', align: 'left', dx: 7, fontWeight: 500 },
          encoding: { x: axisX, y: axisY('at'), text: { field: 'model', type: 'nominal' }, color },
        },
      ],
    },
  });
}

function checkCurve({ model, seed, values, steps }: Curve): void {
  const name = `the curve of ${model}, seed ${seed}`;
  check(values.length > 0, who, `at least one value in ${name}`, 'none');
  checkFinite(who, name, values);
  if (!steps) return;
  check(steps.length === values.length, who, `${values.length} steps in ${name}, one a value`, `${steps.length}`);
  checkFinite(who, `the steps of ${name}`, steps);
}

type Row = { readonly step: number; readonly value: number; readonly seed: number };
type Mean = { model: string; step: number; mean: number; low: number; high: number };

/** Over the steps that all seeds of a model reached, so that a seed that stopped early does not bend the mean. */
function meanBySteps(model: string, rows: readonly Row[]): Mean[] {
  const n = new Set(rows.map((row) => row.seed)).size;
  const byStep = new Map<number, number[]>();
  for (const { step, value } of rows) byStep.set(step, [...(byStep.get(step) ?? []), value]);
  const common = [...byStep].filter(([, values]) => values.length === n).sort(([a], [b]) => a - b);
  check(common.length > 0, who, `the seeds of ${model} to share at least one step`, 'none in common');
  return common.map(([step, values]) => {
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const deviation = n > 1 ? Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1)) : 0;
    const half = n > 1 ? (studentT(n - 1) * deviation) / Math.sqrt(n) : 0;
    return { model, step, mean: round(mean), low: round(mean - half), high: round(mean + half) };
  });
}

// 97.5 % points of Student's t for 1, 2, 3 ... degrees of freedom; from 31 on the next lower tabulated one, the wider.
const table =
  '12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.16 2.145 2.131 2.12 2.11 2.101 2.093 2.086 2.08 2.074 2.069 2.064 2.06 2.056 2.052 2.048 2.045 2.042';
const points = table.split(' ').map(Number);
const studentT = (freedom: number): number => points[Math.min(freedom, points.length) - 1]!;

function padded(low: number, high: number): [number, number] {
  const room = 0.04 * (high - low || Math.abs(high) || 1);
  return [low - room, high + room];
}
