/**
 * Small pictures inside a figure, as PNG data addresses. Each cell becomes a block of equal pixels, twice as many as are
 * drawn, because renderers smooth a picture that they enlarge, and a smoothed attention map is a false one.
 */

import { encode } from 'fast-png';
import type { Grid, Image } from './figure';
import { cividis, colourAt } from './theme';

export type Size = { readonly width: number; readonly height: number };

/** Whole pixels for each cell, so that the longer side is near `target`. */
export function fit({ height, width }: Size, target: number): Size {
  const cell = Math.max(1, Math.round(target / Math.max(height, width)));
  return { width: cell * width, height: cell * height };
}

export function picture(image: Image, size: Size): string {
  const { channels, values } = image;
  return png(image, size, channels, (cell, c) => Math.round(255 * Math.min(1, Math.max(0, values[cell * channels + c]!))));
}

/** A map in the colours of cividis, from 0 to `most`. */
export function heat(grid: Grid, most: number, size: Size): string {
  const colours = grid.flat().map((value) => colourAt(cividis, most > 0 ? value / most : 0));
  return png({ height: grid.length, width: grid[0]!.length }, size, 3, (cell, c) => colours[cell]![c]!);
}

function png(cells: Size, size: Size, channels: 1 | 3, value: (cell: number, channel: number) => number): string {
  const [width, height] = [2 * size.width, 2 * size.height];
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y * cells.height) / height) * cells.width;
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor((x * cells.width) / width);
      for (let c = 0; c < channels; c++) data[i++] = value(cell, c);
    }
  }
  let bytes = '';
  for (const byte of encode({ width, height, channels, depth: 8, data })) bytes += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(bytes)}`;
}

/** Line segments given in pixels of the drawing, from its upper left corner. */
export const pixels: object = Object.fromEntries(
  ['x', 'y', 'x2', 'y2'].map((field) => [field, field.length === 1 ? { field, type: 'quantitative', scale: null, axis: null } : { field }]),
);

export type Segment = { readonly x: number; readonly y: number; readonly x2: number; readonly y2: number };

/** The edge between inside (above one half) and outside of a mask as line segments in pixels, runs joined to one. */
export function outline(mask: Grid, { width, height }: Size): Segment[] {
  const [rows, columns] = [mask.length, mask[0]!.length];
  const inside = (r: number, c: number): boolean => (mask[r]?.[c] ?? 0) > 0.5;
  const segments: Segment[] = [];
  const walk = (
    lines: number,
    cells: number,
    edge: (line: number, cell: number) => boolean,
    put: (line: number, from: number, to: number) => void,
  ): void => {
    for (let l = 0; l <= lines; l++) {
      for (let c = 0; c < cells; c++) {
        const from = c;
        while (c < cells && edge(l, c)) c++;
        if (c > from) put(l, from, c);
      }
    }
  };
  const [px, py] = [width / columns, height / rows];
  walk(
    rows,
    columns,
    (r, c) => inside(r - 1, c) !== inside(r, c),
    (r, a, b) => segments.push({ x: a * px, y: r * py, x2: b * px, y2: r * py }),
  );
  walk(
    columns,
    rows,
    (c, r) => inside(r, c - 1) !== inside(r, c),
    (c, a, b) => segments.push({ x: c * px, y: a * py, x2: c * px, y2: b * py }),
  );
  return segments;
}
