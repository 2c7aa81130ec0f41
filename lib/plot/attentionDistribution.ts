/**
 * How concentrated attention is: weights from the largest down, against the uniform distribution. Beside it two numbers:
 * the entropy H = -sum w ln w in nats, at most ln n, and the mass of the k largest weights.
 */
import { check, checkWeights } from './check';
import { entropyOf } from './entropy';
import type { Figure, Words } from './figure';
import { count, digits, ended, plain, round } from './numbers';
import { line, palette, quiet, vegaLite } from './theme';

export type AttentionDistributionOptions = Words & {
  /** Each sums to 1; all over the same number of positions. */
  readonly distributions: readonly { readonly name: string; readonly weights: readonly number[] }[];
  /** k of the mass in the k largest weights. */
  readonly top?: number;
  /** All models of the notebook in order, so that each keeps its hue from figure to figure. */
  readonly models?: readonly string[];
  /** `log` spreads out the first positions, where a concentrated map has all its weight. */
  readonly ranks?: 'linear' | 'log';
};

const who = 'attentionDistribution';
const [width, height] = [440, 220];

export function attentionDistribution(options: AttentionDistributionOptions): Figure {
  const { distributions, top = 10, models, ranks = 'linear' } = options;
  check(distributions.length > 0, who, 'at least one distribution', 'none');
  const n = distributions[0]!.weights.length;
  check(n > 1, who, 'at least two positions', `${n}`);
  check(Number.isInteger(top) && top > 0 && top <= n, who, `top to be a whole number from 1 to ${n}`, `${top}`);
  const hues = models ?? distributions.map(({ name }) => name);
  const summaries = distributions.map(({ name, weights }) => {
    check(weights.length === n, who, `${n} weights for ${name} as for ${distributions[0]!.name}`, `${weights.length}`);
    checkWeights(who, name, weights);
    check(hues.includes(name), who, `models to name every distribution (${hues.join(', ')})`, name);
    const sorted = [...weights].sort((a, b) => b - a);
    return { name, sorted, entropy: entropyOf(sorted), mass: sorted.slice(0, top).reduce((a, b) => a + b, 0) };
  });
  const several = summaries.length > 1;
  const data = summaries.flatMap(({ name, sorted }) => sorted.map((weight, i) => ({ name, rank: i + 1, weight: round(weight) })));
  const inWords = summaries.map(
    ({ name, entropy, mass }) =>
      `${several ? `${name}: ` : ''}entropy ${digits(entropy)} of at most ${digits(Math.log(n))} nats; top ${top} of ${count(n)} hold ${digits(100 * mass)} %`,
  );
  const title = options.title ?? 'How concentrated the attention is';
  const subtitle = [...(options.subtitle ? [options.subtitle] : []), ...inWords];
  const uniform = 1 / n;
  const most = Math.max(...summaries.map(({ sorted }) => sorted[0]!));
  const description = `${ended(title)} Weights sorted from the largest, against uniform 1/${n}. ${inWords.join('. ')}.`;

  const domainTop = 1.05 * Math.max(most, 2 * uniform);
  const x = {
    field: 'rank',
    type: 'quantitative',
    title: 'position, largest weight first',
    scale: { type: ranks, domain: [1, n], nice: false },
    axis:
      ranks === 'log'
        ? { values: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((rank) => rank <= n) }
        : { tickMinStep: 1, tickCount: 8 },
  };
  const y = { field: 'weight', type: 'quantitative', title: 'weight (sums to 1)', scale: { domain: [0, domainTop], nice: false } };
  const color = {
    field: 'name',
    type: 'nominal',
    scale: { domain: hues, range: hues.map((_, i) => palette[i % palette.length]) },
    legend: null,
  };
  // All lines end together near zero, so the names stand in the empty upper right corner, in their colours.
  const byPeak = [...summaries].sort((a, b) => b.sorted[0]! - a.sorted[0]!);
  const labels = byPeak.map(({ name }, i) => ({ name, at: 6 + 15 * i }));
  // written twice, first in white and wider, so that no grid line runs through a name
  const nameLayer = (paint: object, strokeWidth: number): object => ({
    data: { name: 'labels' },
    mark: { type: 'text', align: 'right', fontSize: 11, fontWeight: 500, ...(strokeWidth > 0 && { stroke: 'white', strokeWidth }) },
    encoding: {
      x: { value: width - 2 },
      y: { field: 'at', type: 'quantitative', scale: null, axis: null },
      text: { field: 'name', type: 'nominal' },
      color: paint,
    },
  });
  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width: width + 60,
    datasets: { labels },
    spec: {
      width,
      height,
      layer: [
        {
          data: { name: 'data' },
          mark: { type: several ? 'line' : 'area', interpolate: 'step-after', tooltip: true, ...(!several && { opacity: 0.85 }) },
          encoding: { x, y, color },
        },
        { data: { values: [{}] }, mark: { type: 'rule', strokeDash: [4, 3], color: line }, encoding: { y: { datum: uniform } } },
        {
          data: { values: [{}] },
          mark: { type: 'text', align: 'right', dy: -7, color: quiet, text: `uniform, 1/${count(n)} = ${plain(uniform)}` },
          encoding: { x: { value: width - 2 }, y: { datum: uniform } },
        },
        ...(several ? [nameLayer({ value: 'white' }, 4), nameLayer(color, 0)] : []),
      ],
    },
  });
}
