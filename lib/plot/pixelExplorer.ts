/**
 * Click a pixel: its row of the attention matrix. The specification holds the scores z and computes
 *
 *   weight_k = exp((z_k - max z) / temperature) / sum_j exp((z_j - max z) / temperature)
 *
 * inside the figure, so click, temperature and head work without a kernel, in a saved notebook too. Scores are stored as
 * 12 bits each, two letters, in one text a key and head (letters 2 q and 2 q + 1 belong to query q): a quarter of the
 * size of the same numbers written out, and 1/4095 of a head's range exact.
 */
import { check, checkGrid, checkImage } from './check';
import type { Figure, Grid, Image, Words } from './figure';
import { count, digits, ended, round } from './numbers';
import { fit } from './raster';
import { cividis, colourAt, greys, ink, panelTitle, quiet, signed, vegaLite, wrong } from './theme';

export type PixelExplorerOptions = Words & {
  readonly image: Image;
  /** [head][query][key], before softmax; the pixel at (row, column) is number row * width + column. */
  readonly scores: readonly Grid[];
  /** Where the slider stands at first. */
  readonly temperature?: number;
  /** The pixel that is picked at first. */
  readonly query?: number;
};

const who = 'pixelExplorer';
const mostScores = 2_400_000; // two bytes each: beyond about 5 MB a notebook becomes slow to open
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-';

export function pixelExplorer(options: PixelExplorerOptions): Figure {
  const { image, scores, temperature = 1 } = options;
  checkImage(who, 'image', image);
  const { height, width, channels, values } = image;
  const n = height * width;
  const query = options.query ?? Math.floor(height / 2) * width + Math.floor(width / 2);
  check(scores.length > 0, who, 'scores of at least one head', 'none');
  check(
    scores.length * n * n <= mostScores,
    who,
    `at most ${count(mostScores)} scores (a smaller image or fewer heads)`,
    count(scores.length * n * n),
  );
  scores.forEach((head, h) => {
    const size = checkGrid(who, `scores of head ${h}`, head);
    check(
      size.height === n && size.width === n,
      who,
      `${n} x ${n} scores for an image of ${height} x ${width} in head ${h}`,
      `${size.height} x ${size.width}`,
    );
  });
  check(Number.isInteger(query) && query >= 0 && query < n, who, `query to be a pixel from 0 to ${n - 1}`, `${query}`);
  check(temperature >= 0.1 && temperature <= 4, who, 'temperature from 0.1 to 4', `${temperature}`);

  const ranges = scores.map((head) => rangeOf(head));
  const size = fit(image, 190);
  const cell = size.width / width;
  const cells = Array.from({ length: n }, (_, key) => {
    const pixel = Array.from({ length: channels }, (_, c) => values[key * channels + c]!);
    const [red, green, blue] =
      channels === 3 ? pixel.map((v) => Math.round(255 * Math.min(1, Math.max(0, v)))) : colourAt(greys, pixel[0]!);
    return {
      key,
      row: Math.floor(key / width),
      column: key % width,
      fill: `rgb(${red},${green},${blue})`,
      scores: scores.map((head, h) => head.map((row) => encode(row[key]!, ranges[h]!)).join('')),
    };
  });
  const initial = scores[0]![query]!;
  const weights = softmax(initial, temperature);
  const data = cells.map(({ key, row, column }) => ({
    query,
    key,
    row,
    column,
    score: round(initial[key]!),
    weight: round(weights[key]!),
  }));

  const heads = scores.length;
  const title = options.title ?? 'Click a pixel: where does it look?';
  const subtitle =
    options.subtitle ??
    `attention of one pixel over all ${count(n)}${heads > 1 ? `, ${heads} heads` : ''}; framed = the pixel and its neighbours`;
  const description = `${ended(title)} Three panels of ${height} x ${width} pixels: the image, the scores of the picked pixel with all pixels, and their softmax weights; a click picks another pixel, a slider changes the temperature${heads > 1 ? ' and a menu the head' : ''}. At first pixel (${Math.floor(query / width)}, ${query % width}), temperature ${digits(temperature)}, largest weight ${digits(Math.max(...weights))}.`;

  const low = `[${ranges.map((range) => range.low).join(',')}]`;
  const step = `[${ranges.map((range) => range.step).join(',')}]`;
  const letter = (at: string): string => `indexof('${alphabet}', substring(datum.scores[head], ${at}, ${at} + 1))`;
  const picked = { calculate: `length(pick.key) ? pick.key[0] : ${query}`, as: 'query' };
  const place = [
    { calculate: `datum.column * ${cell}`, as: 'x' },
    { calculate: `datum.row * ${cell}`, as: 'y' },
    { calculate: `(datum.column + 1) * ${cell}`, as: 'x2' },
    { calculate: `(datum.row + 1) * ${cell}`, as: 'y2' },
  ];
  const row = [
    picked,
    { calculate: `${low}[head] + ${step}[head] * (64 * ${letter('2 * datum.query')} + ${letter('2 * datum.query + 1')})`, as: 'score' },
    { joinaggregate: [{ op: 'max', field: 'score', as: 'largest' }] },
    { calculate: 'exp((datum.score - datum.largest) / temperature)', as: 'raised' },
    { joinaggregate: [{ op: 'sum', field: 'raised', as: 'total' }] },
    { calculate: 'datum.raised / datum.total', as: 'weight' },
  ];
  const at = (field: string): object => ({ field, type: 'quantitative', scale: null, axis: null });
  const box = { x: at('x'), y: at('y'), x2: { field: 'x2' }, y2: { field: 'y2' } };
  const tooltip = (...fields: string[]): object[] =>
    ['row', 'column', ...fields].map((field) => ({ field, type: 'quantitative', ...(fields.includes(field) && { format: '.4~g' }) }));
  const distance = (axis: 'row' | 'column'): string =>
    `abs(datum.${axis} - ${axis === 'row' ? `floor(datum.query / ${width})` : `datum.query % ${width}`})`;
  const near = `max(${distance('row')}, ${distance('column')}) <= 1`;

  const frames = [
    {
      transform: [
        picked,
        { filter: 'datum.key === datum.query' },
        { calculate: `max(0, datum.column - 1) * ${cell}`, as: 'x' },
        { calculate: `max(0, datum.row - 1) * ${cell}`, as: 'y' },
        { calculate: `min(${width}, datum.column + 2) * ${cell}`, as: 'x2' },
        { calculate: `min(${height}, datum.row + 2) * ${cell}`, as: 'y2' },
      ],
      mark: { type: 'rect', fill: null, stroke: wrong, strokeWidth: 1.5, strokeDash: [3, 2] },
      encoding: box,
    },
    {
      transform: [picked, { filter: 'datum.key === datum.query' }, ...place],
      mark: { type: 'rect', fill: null, stroke: wrong, strokeWidth: 2.5 },
      encoding: box,
    },
  ];
  const below = (line: number, transform: readonly object[]): object => ({
    transform,
    mark: { type: 'text', align: 'left', baseline: 'top', color: quiet },
    encoding: { x: { value: 0 }, y: { value: size.height + 8 + 15 * line }, text: { field: 'words', type: 'nominal' } },
  });
  const legend = { gradientLength: Math.min(160, size.height), format: '.2~g', tickCount: 5 };
  const scoreColour = {
    field: 'score',
    type: 'quantitative',
    scale: { range: signed, interpolate: 'rgb', nice: false },
    legend: { ...legend, title: 'score', gradientOpacity: 1 },
  };
  const panel = (name: string, layer: readonly object[]): object => ({
    width: size.width,
    height: size.height,
    title: panelTitle(name),
    data: { name: 'cells' },
    layer,
  });
  const summary = [
    { calculate: `${near} ? datum.weight : 0`, as: 'inside' },
    { calculate: 'datum.weight > 0 ? -datum.weight * log(datum.weight) : 0', as: 'part' },
    {
      aggregate: [
        { op: 'sum', field: 'part', as: 'entropy' },
        { op: 'sum', field: 'inside', as: 'near' },
        { op: 'max', field: 'weight', as: 'most' },
      ],
    },
  ];

  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width: 3 * size.width + 100,
    datasets: { cells },
    spec: {
      params: [
        { name: 'temperature', value: temperature, bind: { input: 'range', min: 0.1, max: 4, step: 0.1, name: 'temperature ' } },
        {
          name: 'head',
          value: 0,
          ...(heads > 1 && {
            bind: { input: 'select', options: scores.map((_, h) => h), labels: scores.map((_, h) => `${h + 1}`), name: 'head ' },
          }),
        },
      ],
      hconcat: [
        panel('image: click a pixel', [
          {
            params: [
              {
                name: 'pick',
                select: { type: 'point', fields: ['key'], on: 'click', toggle: false, clear: false },
                value: [{ key: query }],
              },
            ],
            transform: place,
            mark: { type: 'rect', cursor: 'pointer' },
            encoding: { ...box, color: { field: 'fill', type: 'nominal', scale: null, legend: null }, tooltip: tooltip() },
          },
          ...frames,
          below(0, [
            picked,
            { filter: 'datum.key === datum.query' },
            { calculate: "'row ' + datum.row + ', column ' + datum.column", as: 'words' },
          ]),
        ]),
        panel('scores z', [
          {
            transform: [...row, ...place],
            mark: 'rect',
            encoding: {
              ...box,
              color: scoreColour,
              tooltip: tooltip('score'),
            },
          },
          // the scale follows the picked row; a row's largest score in size, drawn invisibly with both signs, keeps zero white
          {
            transform: [
              ...row,
              { calculate: 'abs(datum.score)', as: 'size' },
              { aggregate: [{ op: 'max', field: 'size', as: 'bound' }] },
              { calculate: '[-datum.bound, datum.bound]', as: 'score' },
              { flatten: ['score'] },
            ],
            mark: { type: 'point', opacity: 0 },
            encoding: { color: scoreColour },
          },
          ...frames.map((frame) => ({ ...frame, mark: { ...frame.mark, stroke: ink } })),
          below(0, [
            ...row,
            {
              aggregate: [
                { op: 'min', field: 'score', as: 'low' },
                { op: 'max', field: 'score', as: 'high' },
              ],
            },
            { calculate: "'from ' + format(datum.low, '.3~g') + ' to ' + format(datum.high, '.3~g')", as: 'words' },
          ]),
        ]),
        panel('weights = softmax(z / temperature)', [
          {
            name: 'weights',
            transform: [...row, ...place],
            mark: 'rect',
            encoding: {
              ...box,
              color: {
                field: 'weight',
                type: 'quantitative',
                scale: { range: cividis, interpolate: 'rgb', domainMin: 0, nice: false },
                legend: { ...legend, title: 'weight', format: '.4f' }, // one width whatever is picked: the canvas does not grow
              },
              tooltip: tooltip('weight'),
            },
          },
          ...frames,
          below(0, [
            ...row,
            ...summary,
            { calculate: `'entropy ' + format(datum.entropy, '.2f') + ' of at most ${Math.log(n).toFixed(2)} nats'`, as: 'words' },
          ]),
          below(1, [
            ...row,
            ...summary,
            {
              calculate: "'pixel and neighbours hold ' + format(100 * datum.near, '.0f') + ' %; largest ' + format(datum.most, '.3~g')",
              as: 'words',
            },
          ]),
        ]),
      ],
      resolve: { scale: { color: 'independent' } },
    },
  });
}

type Range = { readonly low: number; readonly step: number };

function rangeOf(head: Grid): Range {
  const low = Math.min(...head.map((row) => Math.min(...row)));
  const high = Math.max(...head.map((row) => Math.max(...row)));
  return { low, step: (high - low) / 4095 };
}

function encode(score: number, { low, step }: Range): string {
  const code = step > 0 ? Math.round((score - low) / step) : 0;
  return alphabet[code >> 6]! + alphabet[code & 63]!;
}

function softmax(scores: readonly number[], temperature: number): number[] {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp((score - most) / temperature));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((e) => e / total);
}
