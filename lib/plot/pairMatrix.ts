/**
 * The matrix of self-attention: a row for each query, a column for each key, each row a distribution over keys. Small
 * matrices are drawn cell by cell; larger ones as one picture, and their table then holds one line a query.
 */

import { check, checkGrid, checkWeights } from './check';
import { entropyOf } from './entropy';
import type { Figure, Grid, Words } from './figure';
import { count, digits, ended, plain, round } from './numbers';
import { heat } from './raster';
import { vegaLite, weightColour } from './theme';

export type PairMatrixOptions = Words & {
  /** [query][key]; each row sums to 1. */
  readonly weights: Grid;
  /** Names of the positions, such as (0,1); without them their numbers. */
  readonly labels?: readonly string[];
};

const who = 'pairMatrix';
const largestDrawnByCell = 64;
const largest = 1024;

export function pairMatrix(options: PairMatrixOptions): Figure {
  const { weights, labels } = options;
  const { height: queries, width: keys } = checkGrid(who, 'weights', weights);
  check(Math.max(queries, keys) <= largest, who, `at most ${largest} positions, else a cell is less than a pixel`, `${queries} x ${keys}`);
  for (const [q, row] of weights.entries()) checkWeights(who, `row ${q}`, row);
  check(
    !labels || (queries === keys && labels.length === keys),
    who,
    `${keys} labels, one a position`,
    `${labels?.length} for ${queries} x ${keys}`,
  );

  const most = Math.max(...weights.map((row) => Math.max(...row)));
  const entropy = weights.reduce((sum, row) => sum + entropyOf(row), 0) / queries;
  const byCell = Math.max(queries, keys) <= largestDrawnByCell;
  const name = (i: number): string | number => labels?.[i] ?? i;
  const data: object[] = byCell
    ? weights.flatMap((row, q) => row.map((weight, k) => ({ query: name(q), key: name(k), weight: round(weight) })))
    : weights.map((row, q) => ({
        query: q,
        entropy: round(entropyOf(row)),
        key: row.indexOf(Math.max(...row)),
        weight: round(Math.max(...row)),
      }));

  const title = options.title ?? 'Which pixel looks at which';
  const subtitle =
    options.subtitle ??
    `each row is a query and sums to 1 over ${count(keys)} keys; uniform would be ${plain(1 / keys)}; mean entropy ${digits(entropy)} of ${digits(Math.log(keys))} nats at most`;
  const description = `${ended(title)} Matrix of attention weights, ${queries} queries by ${keys} keys, largest weight ${digits(most)}, mean entropy of a row ${digits(entropy)} of ${digits(Math.log(keys))} nats at most.`;

  const cell = Math.max(1, Math.round(320 / Math.max(queries, keys)));
  const size = { width: cell * keys, height: cell * queries };
  const color = weightColour([0, most], Math.min(200, size.height));
  const axis = { domain: false, ticks: false, labelOverlap: true };
  const order = labels ?? null;
  const cells = {
    data: { name: 'data' },
    mark: { type: 'rect', tooltip: true },
    encoding: {
      x: { field: 'key', type: 'ordinal', sort: order, title: 'key', axis: { ...axis, orient: 'top', labelAngle: 0 } },
      y: { field: 'query', type: 'ordinal', sort: order, title: 'query', axis },
      color,
    },
  };
  const scale = (n: number): object => ({ domain: [0, n], nice: false });
  const whole = [
    {
      data: { values: [{ url: heat(weights, most, size) }] },
      mark: { type: 'image', ...size, align: 'left', baseline: 'top', aspect: false, smooth: false },
      encoding: {
        url: { field: 'url', type: 'nominal' },
        x: { datum: 0, type: 'quantitative', scale: scale(keys), axis: { ...axis, title: 'key', orient: 'top', grid: false } },
        y: { datum: 0, type: 'quantitative', scale: { ...scale(queries), reverse: true }, axis: { ...axis, title: 'query', grid: false } },
      },
    },
    {
      data: { values: [{ weight: 0 }] },
      mark: { type: 'point', opacity: 0 },
      encoding: { color },
    }, // only for its scale
  ];
  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width: size.width + 80,
    spec: { ...size, ...(byCell ? cells : { layer: whole }) },
  });
}
