/**
 * Where each model looks, image by image: a row an image, then the true object, then one column a model's map. All maps
 * share one scale, because maps that are each stretched to their own maximum cannot be compared.
 */

import { check, checkGrid, checkImage } from './check';
import type { Figure, Grid, Image, Words } from './figure';
import { digits, ended, round } from './numbers';
import { fit, heat, outline, picture, pixels } from './raster';
import { ink, quiet, vegaLite, weightColour, wrong } from './theme';

export type WhereItLooksOptions = Words & {
  readonly images: readonly Image[];
  readonly labels?: readonly string[];
  /** 1 where the object is, one an image. */
  readonly masks?: readonly Grid[];
  /** One map an image for each model; maps may be coarser than the images. */
  readonly models: readonly { readonly name: string; readonly maps: readonly Grid[] }[];
  /** What the maps hold, written over their scale; `weight` unless given. */
  readonly measure?: string;
};

const who = 'whereItLooks';
const [gap, head, side] = [10, 18, 100]; // wide enough for a model's name in a wider font than ours

export function whereItLooks(options: WhereItLooksOptions): Figure {
  const { images, labels, masks, models, measure = 'weight' } = options;
  check(images.length > 0, who, 'at least one image', 'none');
  check(models.length > 0, who, 'at least one model', 'none');
  check(!labels || labels.length === images.length, who, `${images.length} labels, one an image`, `${labels?.length}`);
  check(!masks || masks.length === images.length, who, `${images.length} masks, one an image`, `${masks?.length}`);
  for (const [i, image] of images.entries()) checkImage(who, `image ${i}`, image);
  for (const [i, mask] of (masks ?? []).entries()) checkGrid(who, `mask ${i}`, mask);
  for (const { name, maps } of models) {
    check(maps.length === images.length, who, `${images.length} maps of ${name}, one an image`, `${maps.length}`);
    for (const [i, map] of maps.entries()) checkGrid(who, `map ${i} of ${name}`, map);
  }

  const most = Math.max(...models.flatMap(({ maps }) => maps.flatMap((map) => map.flat())));
  const data = models.flatMap(({ name, maps }) =>
    maps.flatMap((map, image) =>
      // a line a row of a map, since a line a cell would make a notebook large
      map.map((row, r) => ({ image, model: name, row: r, values: row.map((value) => round(value, 3)).join(' ') })),
    ),
  );
  const heads = ['image', ...(masks ? ['true object'] : []), ...models.map(({ name }) => name)];
  const size = fit(images[0]!, side);
  for (const image of images)
    check(
      image.height === images[0]!.height && image.width === images[0]!.width,
      who,
      'images of one size',
      `${image.height} x ${image.width} beside ${images[0]!.height} x ${images[0]!.width}`,
    );

  const at = (i: number, column: number): { x: number; y: number } => ({
    x: column * (size.width + gap),
    y: head + i * (size.height + gap),
  });
  const first = masks ? 2 : 1;
  const tiles = images.flatMap((image, i) => [
    { ...at(i, 0), url: picture(image, size), what: labels?.[i] ?? `image ${i}` },
    ...(masks ? [{ ...at(i, 1), url: picture(asImage(masks[i]!), size), what: 'true object' }] : []),
    ...models.map(({ name, maps }, m) => ({
      ...at(i, first + m),
      url: heat(maps[i]!, most, size),
      what: `${name}, largest ${digits(Math.max(...maps[i]!.flat()))}`,
    })),
  ]);
  const edges = (masks ?? []).flatMap((mask, i) =>
    models.flatMap((_, m) => {
      const { x, y } = at(i, first + m);
      return outline(mask, size).map((s) => ({ x: s.x + x, y: s.y + y, x2: s.x2 + x, y2: s.y2 + y }));
    }),
  );
  const title = options.title ?? 'Where each model looks';
  const subtitle = options.subtitle ?? `one scale for all maps${masks ? '; outline = true object' : ''}`;
  const description = `${ended(title)} ${images.length} images in rows${labels ? ` (${labels.join(', ')})` : ''}; columns: ${heads.join(', ')}. Maps share one scale from 0 to ${digits(most)}.`;

  const width = heads.length * (size.width + gap) - gap;
  const height = head + images.length * (size.height + gap) - gap;
  const place = {
    x: { field: 'x', type: 'quantitative', scale: null, axis: null },
    y: { field: 'y', type: 'quantitative', scale: null, axis: null },
  };
  return vegaLite({
    title,
    subtitle,
    description,
    data,
    width: width + 60,
    datasets: {
      tiles,
      edges,
      heads: heads.map((name, i) => ({ name, ...at(0, i) })),
      labels: (labels ?? []).map((label, i) => ({ label, x: -6, y: at(i, 0).y + size.height / 2 })),
    },
    spec: {
      width,
      height,
      layer: [
        {
          data: { name: 'tiles' },
          mark: { type: 'image', ...size, align: 'left', baseline: 'top', aspect: false, smooth: false },
          encoding: { ...place, url: { field: 'url', type: 'nominal' }, tooltip: { field: 'what', type: 'nominal' } },
        },
        ...(edges.length > 0
          ? [{ data: { name: 'edges' }, mark: { type: 'rule', color: wrong, strokeWidth: 1.25, strokeCap: 'square' }, encoding: pixels }]
          : []),
        {
          data: { name: 'heads' },
          mark: { type: 'text', align: 'left', dy: -8, fontSize: 10, fontWeight: 500, color: ink, limit: size.width + gap - 4 },
          encoding: { ...place, text: { field: 'name', type: 'nominal' } },
        },
        ...(labels
          ? [
              {
                data: { name: 'labels' },
                mark: { type: 'text', align: 'right', color: quiet },
                encoding: { ...place, text: { field: 'label', type: 'nominal' } },
              },
            ]
          : []),
        {
          data: { values: [{ weight: 0 }] },
          mark: { type: 'point', opacity: 0 }, // only for its scale
          encoding: { color: weightColour([0, most || 1], Math.min(200, height), 1, measure) },
        },
      ],
    },
  });
}

const asImage = (mask: Grid): Image => ({ height: mask.length, width: mask[0]!.length, channels: 1, values: mask.flat() });
