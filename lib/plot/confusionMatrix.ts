/** Which class is taken for which, in per cent of each true class, so that rare classes count as much as common ones. */
import { check, checkGrid } from './check';
import type { Figure, Grid, Words } from './figure';
import { count, digits, ended, round } from './numbers';
import { ink, vegaLite } from './theme';

export type ConfusionMatrixOptions = Words & {
  /** [true class][predicted class], numbers of images. */
  readonly counts: Grid;
  readonly classes: readonly string[];
};

const who = 'confusionMatrix';

export function confusionMatrix(options: ConfusionMatrixOptions): Figure {
  const { counts, classes } = options;
  const { height, width } = checkGrid(who, 'counts', counts);
  check(height === width, who, 'as many rows as columns in counts', `${height} x ${width}`);
  check(classes.length === height, who, `${height} classes, one a row`, `${classes.length}`);
  check(new Set(classes).size === classes.length, who, 'classes that differ', classes.join(', '));
  for (const [r, row] of counts.entries()) {
    for (const [c, n] of row.entries())
      check(Number.isInteger(n) && n >= 0, who, 'whole numbers of images in counts', `${n} in row ${r}, column ${c}`);
  }

  const totals = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const all = totals.reduce((a, b) => a + b, 0);
  check(all > 0, who, 'at least one image in counts', 'zeros only');
  const correct = counts.reduce((sum, row, i) => sum + row[i]!, 0);
  const data = counts.flatMap((row, t) =>
    row.map((n, p) => ({
      true: classes[t]!,
      predicted: classes[p]!,
      images: n,
      percent: totals[t]! > 0 ? round((100 * n) / totals[t]!) : 0,
    })),
  );
  const mistakes = data.filter((row) => row.true !== row.predicted && row.percent > 0).sort((a, b) => b.percent - a.percent);
  const title = options.title ?? 'Which class is taken for which';
  const subtitle = options.subtitle ?? `${count(all)} images, per cent of each true class; accuracy ${digits((100 * correct) / all)} %`;
  const worst = mistakes.slice(0, 3).map((row) => `${row.true} taken for ${row.predicted} ${digits(row.percent)} %`);
  const description = `${ended(title)} Confusion matrix of ${classes.length} classes and ${count(all)} images, accuracy ${digits((100 * correct) / all)} %; largest mistakes: ${worst.join(', ') || 'none'}.`;

  const cell = Math.min(48, Math.max(22, Math.round(320 / classes.length)));
  const side = cell * classes.length;
  const axis = { domain: false, ticks: false };
  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width: side + 60,
    spec: {
      width: side,
      height: side,
      data: { name: 'data' },
      encoding: {
        x: { field: 'predicted', type: 'nominal', sort: classes, title: 'predicted', axis: { ...axis, labelAngle: -45 } },
        y: { field: 'true', type: 'nominal', sort: classes, title: 'true', axis },
      },
      layer: [
        {
          mark: { type: 'rect', tooltip: true },
          encoding: {
            color: {
              field: 'percent',
              type: 'quantitative',
              scale: { type: 'sqrt', range: ['#f5f7fa', '#0072b2'], domain: [0, 100] },
              legend: null,
            },
          },
        },
        {
          transform: [{ filter: 'datum.percent >= 0.5' }],
          mark: { type: 'text', fontSize: 9 },
          encoding: {
            text: { field: 'percent', type: 'quantitative', format: '.0f' },
            color: { condition: { test: 'datum.percent > 40', value: 'white' }, value: ink },
          },
        },
      ],
    },
  });
}
