/**
 * Estimates with their intervals, one line a model, against dashed references such as chance. A verdict colours its line;
 * without verdicts each model has its own hue.
 */
import { check, checkFinite } from './check';
import type { Figure, Reference, Words } from './figure';
import { ended, plain, round } from './numbers';
import { line, palette, quiet, right, vegaLite, wrong } from './theme';

export type Verdict = 'gain' | 'loss' | 'no evidence';
export type IntervalsOptions = Words & {
  readonly rows: readonly {
    readonly name: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly verdict?: Verdict;
  }[];
  /** What is measured: the title of the axis. */
  readonly measure: string;
  /** Shown on the axis; '%' multiplies by 100. */
  readonly unit?: string;
  readonly references?: readonly Reference[];
  /** All models of the notebook in order, so that each keeps its hue from figure to figure. */
  readonly models?: readonly string[];
};

const who = 'intervals';
const [width, step] = [420, 28];
const verdicts: readonly Verdict[] = ['gain', 'loss', 'no evidence'];

export function intervals(options: IntervalsOptions): Figure {
  const { rows, measure, unit = '', references = [], models } = options;
  check(rows.length > 0, who, 'at least one row', 'none');
  const names = rows.map((row) => row.name);
  check(new Set(names).size === names.length, who, 'names that differ', names.join(', '));
  for (const { name, value, low, high } of rows) {
    checkFinite(who, name, [value, low, high]);
    check(low <= value && value <= high, who, `low <= value <= high for ${name}`, `${low}, ${value}, ${high}`);
  }
  for (const { label, value } of references) checkFinite(who, label, [value]);
  const judged = rows.filter((row) => row.verdict).length;
  check(judged === 0 || judged === rows.length, who, 'a verdict for every row or for none', `${judged} of ${rows.length}`);
  const hues = models ?? names;
  for (const name of names) check(judged > 0 || hues.includes(name), who, `models to name every row (${hues.join(', ')})`, name);

  const factor = unit === '%' ? 100 : 1;
  const data = rows.map(({ name, value, low, high, verdict }) => ({
    name,
    value: round(factor * value),
    low: round(factor * low),
    high: round(factor * high),
    ...(verdict && { verdict }),
  }));
  const marks = references.map(({ label, value }, i) => ({
    label: `${label}, ${plain(factor * value)}${unit && ` ${unit}`}`,
    value: round(factor * value),
    y: -8 - 14 * (references.length - 1 - i),
    from: -1 - 14 * (references.length - 1 - i), // the line reaches its own name, so that no name belongs to two lines
  }));
  const all = [...data.flatMap(({ low, high }) => [low, high]), ...marks.map(({ value }) => value)];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const room = 0.06 * (most - least || Math.abs(most) || 1);
  const largest = Math.max(...data.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])) || 1;
  const decimals = Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(largest)))); // three digits of the largest, the same for all
  const written = (value: number): string => value.toFixed(decimals).replace('-', '\u2212');
  const inWords = (row: (typeof data)[number]): string => `${written(row.value)} [${written(row.low)}, ${written(row.high)}]`;
  const title = options.title ?? measure[0]!.toUpperCase() + measure.slice(1);
  const subtitle = options.subtitle ?? '';
  const description = `${ended(title)} ${data.map((row) => `${row.name}: ${inWords(row)}${row.verdict ? `, ${row.verdict}` : ''}`).join('; ')}${unit && ` (${unit})`}${marks.length > 0 ? `. ${marks.map(({ label }) => label).join('; ')}` : ''}.`;

  const height = step * rows.length;
  const x = {
    field: 'value',
    type: 'quantitative',
    title: unit ? `${measure} (${unit})` : measure,
    scale: { domain: [least - room, most + room], nice: false, zero: false },
    axis: { grid: true, tickCount: 8 },
  };
  const y = {
    field: 'name',
    type: 'nominal',
    sort: names,
    title: null,
    axis: { domain: false, ticks: false, labelFontSize: 11, grid: false },
  };
  const color = judged
    ? {
        field: 'verdict',
        type: 'nominal',
        scale: { domain: verdicts, range: [right, wrong, line] },
        legend: {
          title: null,
          orient: 'bottom',
          symbolType: 'circle',
          values: verdicts.filter((v) => rows.some((row) => row.verdict === v)),
        },
      }
    : { field: 'name', type: 'nominal', scale: { domain: hues, range: hues.map((_, i) => palette[i % palette.length]) }, legend: null };
  const toRight = marks.map(({ value }) => value > (least + most) / 2);
  const labels = [true, false].map((end) => ({
    data: { values: marks.filter((_, i) => toRight[i] === end) },
    mark: { type: 'text', align: end ? 'right' : 'left', dx: end ? 3 : -3, color: quiet },
    encoding: { x, y: { field: 'y', type: 'quantitative', scale: null, axis: null }, text: { field: 'label', type: 'nominal' } },
  }));
  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width: width + 160,
    datasets: { words: data.map((row) => ({ name: row.name, words: inWords(row) })) },
    spec: {
      width,
      height,
      layer: [
        ...(marks.length > 0
          ? [
              {
                data: { values: marks },
                mark: { type: 'rule', strokeDash: [4, 3], color: quiet },
                encoding: { x, y: { field: 'from', type: 'quantitative', scale: null, axis: null }, y2: { value: height } },
              },
              ...labels.filter((layer) => layer.data.values.length > 0),
            ]
          : []),
        {
          data: { name: 'data' },
          mark: { type: 'rule', strokeWidth: 2.5 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color },
        },
        { data: { name: 'data' }, mark: { type: 'point', size: 80, tooltip: true }, encoding: { x, y, color } },
        {
          data: { name: 'words' },
          mark: { type: 'text', align: 'left', color: quiet },
          encoding: { x: { value: width + 12 }, y, text: { field: 'words', type: 'nominal' } },
        },
      ],
    },
  });
}
