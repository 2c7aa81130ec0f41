/** An attention map beside its image or over it: crisp cells in cividis, their scale, and the true object's outline. */
import { check, checkGrid, checkImage } from './check';
import type { Figure, Grid, Image, Words } from './figure';
import { count, digits, ended, plain, round } from './numbers';
import { fit, outline, picture, pixels } from './raster';
import { panelTitle, vegaLite, weightColour, wrong } from './theme';

export type AttentionMapOptions = Words & {
  readonly image: Image;
  /** Rows of the map; it may be coarser than the image. */
  readonly weights: Grid;
  /** 1 where the object is, in any resolution. */
  readonly mask?: Grid;
  readonly layout?: 'beside' | 'over';
};

const who = 'attentionMap';

export function attentionMap(options: AttentionMapOptions): Figure {
  const { image, weights, mask, layout = 'beside' } = options;
  checkImage(who, 'image', image);
  const { height: rows, width: columns } = checkGrid(who, 'weights', weights);
  if (mask) checkGrid(who, 'mask', mask);
  check(['beside', 'over'].includes(layout), who, "layout 'beside' or 'over'", `${layout}`);

  const size = fit(image, 224);
  const cells = weights.flat();
  const most = Math.max(...cells);
  const data = weights.flatMap((row, r) => row.map((weight, c) => ({ row: r, column: c, weight: round(weight) })));
  const sum = cells.reduce((a, b) => a + b, 0);
  const sums = Math.abs(sum - 1) < 1e-3;
  const title = options.title ?? 'Where the weights are';
  const subtitle =
    options.subtitle ??
    (sums
      ? `weights sum to 1 over ${count(cells.length)} positions; uniform would be ${plain(1 / cells.length)}${mask ? '; outline = true object' : ''}`
      : `weights over ${count(cells.length)} positions, from ${digits(Math.min(...cells))} to ${digits(most)}${mask ? '; outline = true object' : ''}`);
  const peak = data.reduce((a, b) => (b.weight > a.weight ? b : a));
  const inside = mask ? `; ${digits((100 * share(weights, mask)) / (sum || 1))} % of the weight is inside the true object` : '';
  const description = `${ended(title)} Attention map of ${rows} x ${columns} cells ${layout} its image of ${image.height} x ${image.width} pixels; largest weight ${digits(peak.weight)} at row ${peak.row}, column ${peak.column}${inside}.`;

  const frame = { width: size.width, height: size.height };
  const still = {
    data: { values: [{ url: picture(image, size) }] },
    mark: { type: 'image', ...frame, align: 'left', baseline: 'top', aspect: false, smooth: false },
    encoding: { url: { field: 'url', type: 'nominal' }, x: { value: 0 }, y: { value: 0 } },
  };
  const map = {
    data: { name: 'data' },
    mark: { type: 'rect', tooltip: true, opacity: layout === 'over' ? 0.6 : 1 },
    encoding: {
      x: { field: 'column', type: 'ordinal', axis: null },
      y: { field: 'row', type: 'ordinal', axis: null },
      color: weightColour([Math.min(0, ...cells), most || 1], Math.min(200, size.height), layout === 'over' ? 0.6 : 1),
    },
  };
  const edge = mask
    ? [
        {
          data: { values: outline(mask, size) },
          mark: { type: 'rule', color: wrong, strokeWidth: 2, strokeCap: 'square' },
          encoding: pixels,
        },
      ]
    : [];
  const spec =
    layout === 'over'
      ? { ...frame, layer: [still, map, ...edge] }
      : {
          hconcat: [
            { ...frame, title: panelTitle('image'), layer: [still, ...edge] },
            { ...frame, title: panelTitle('attention weight'), layer: [map, ...edge] },
          ],
        };
  return vegaLite({ title, subtitle, description, data, width: layout === 'over' ? size.width + 60 : 2 * size.width + 80, spec });
}

/** Weight inside the mask, each cell counted by the share of it that is inside. */
function share(weights: Grid, mask: Grid): number {
  const [rows, columns, h, w] = [weights.length, weights[0]!.length, mask.length, mask[0]!.length];
  const parts = Math.max(1, Math.ceil(h / rows), Math.ceil(w / columns));
  let inside = 0;
  weights.forEach((row, r) => {
    row.forEach((weight, c) => {
      for (let i = 0; i < parts * parts; i++) {
        const [y, x] = [(r + (Math.floor(i / parts) + 0.5) / parts) / rows, (c + ((i % parts) + 0.5) / parts) / columns];
        if (mask[Math.floor(y * h)]![Math.floor(x * w)]! > 0.5) inside += weight / parts ** 2;
      }
    });
  });
  return inside;
}
