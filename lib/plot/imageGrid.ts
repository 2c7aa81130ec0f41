/** Images with their true class above and, where there is one, the prediction below; wrong ones are framed. */
import { check, checkImage } from './check';
import type { Figure, Image, Words } from './figure';
import { count, ended } from './numbers';
import { fit, picture } from './raster';
import { ink, quiet, vegaLite, wrong } from './theme';

export type ImageGridOptions = Words & {
  readonly images: readonly Image[];
  readonly labels: readonly string[];
  readonly predictions?: readonly string[];
  readonly columns?: number;
};

const who = 'imageGrid';

export function imageGrid(options: ImageGridOptions): Figure {
  const { images, labels, predictions, columns = 8 } = options;
  check(images.length > 0, who, 'at least one image', 'none');
  check(labels.length === images.length, who, `${images.length} labels, one an image`, `${labels.length}`);
  check(!predictions || predictions.length === images.length, who, `${images.length} predictions, one an image`, `${predictions?.length}`);
  check(Number.isInteger(columns) && columns > 0, who, 'a whole number of columns', `${columns}`);
  for (const [i, image] of images.entries()) checkImage(who, `image ${i}`, image);

  const sizes = images.map((image) => fit(image, 72));
  const cell = {
    width: Math.max(...sizes.map((size) => size.width)) + 14,
    height: Math.max(...sizes.map((size) => size.height)) + (predictions ? 38 : 26),
  };
  const tiles = images.map((image, i) => ({
    ...sizes[i]!,
    url: picture(image, sizes[i]!),
    label: labels[i]!,
    prediction: predictions?.[i] ?? '',
    wrong: predictions !== undefined && predictions[i] !== labels[i],
    x: (i % columns) * cell.width,
    y: Math.floor(i / columns) * cell.height + 14,
  }));
  const data = tiles.map(({ label, prediction, wrong: missed }, i) => ({
    image: i,
    label,
    ...(predictions && { prediction, correct: !missed }),
  }));
  const misses = tiles.filter((tile) => tile.wrong).length;
  const title = options.title ?? (predictions ? 'What the network says' : 'What the images look like');
  const subtitle =
    options.subtitle ??
    (predictions
      ? `true class above, prediction below; ${misses} of ${count(images.length)} wrong, framed`
      : `${count(images.length)} images, true class above`);
  const first = images[0]!;
  const missed = tiles.filter((tile) => tile.wrong).map((tile) => `${tile.label} taken for ${tile.prediction}`);
  const description = `${ended(title)} ${images.length} images of ${first.height} x ${first.width} pixels${predictions ? `; wrong: ${missed.length > 0 ? missed.join(', ') : 'none'}` : `: ${[...new Set(labels)].join(', ')}`}.`;

  const width = Math.min(columns, images.length) * cell.width;
  const height = Math.ceil(images.length / columns) * cell.height;
  const at = (field: 'x' | 'y'): object => ({ field, type: 'quantitative', scale: null, axis: null });
  const place = { x: at('x'), y: at('y') };
  const text = { type: 'text', align: 'left', fontSize: 9, limit: cell.width - 4 };
  const layer = sizesOf(tiles).map((size) => ({
    transform: [{ filter: `datum.width === ${size.width} && datum.height === ${size.height}` }],
    mark: { type: 'image', ...size, align: 'left', baseline: 'top', aspect: false, smooth: false },
    encoding: { ...place, url: { field: 'url', type: 'nominal' } },
  }));
  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width,
    datasets: {
      tiles: tiles.map((tile) => ({
        ...tile,
        right: tile.x + tile.width,
        bottom: tile.y + tile.height,
        mark: tile.wrong ? `\u2717 ${tile.prediction}` : tile.prediction,
      })),
    },
    spec: {
      width,
      height,
      data: { name: 'tiles' },
      layer: [
        ...layer,
        {
          transform: [{ filter: 'datum.wrong' }],
          mark: { type: 'rect', fill: null, stroke: wrong, strokeWidth: 2 },
          encoding: { ...place, x2: { field: 'right' }, y2: { field: 'bottom' } },
        },
        { mark: { ...text, dy: -7, color: ink }, encoding: { ...place, text: { field: 'label', type: 'nominal' } } },
        {
          mark: { ...text, dy: 9 },
          encoding: {
            x: at('x'),
            y: at2('bottom'),
            text: { field: 'mark', type: 'nominal' },
            color: { condition: { test: 'datum.wrong', value: wrong }, value: quiet },
          },
        },
      ],
    },
  });
}

const at2 = (field: string): object => ({ field, type: 'quantitative', scale: null, axis: null });
// A picture's size belongs to the mark, not to the row, so each size is a layer; usually there is one.
const sizesOf = (tiles: readonly { width: number; height: number }[]): { width: number; height: number }[] => [
  ...new Map(tiles.map(({ width, height }) => [`${width} ${height}`, { width, height }])).values(),
];
