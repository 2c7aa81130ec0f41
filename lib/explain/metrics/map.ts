/**
 * What the localisation metrics compare: a map of any resolution and a mask at the resolution of the image.
 *
 * A map of h x w cells lies over an image of height x width pixels like tiles of equal size: pixel (y, x) belongs to cell
 * (floor(y h / height), floor(x w / width)), nearest upsampling; the centre of cell (i, j) is the pixel
 * (floor((i + 1/2) height / h), floor((j + 1/2) width / w)).
 */
export type AttentionMap = readonly (readonly number[])[];
export type Mask = { readonly height: number; readonly width: number; readonly values: ArrayLike<number> };

/** Sizes of a map that is rectangular, finite and no finer than the image; throws otherwise. */
export function mapSize(who: string, map: AttentionMap): { h: number; w: number } {
  const [h, w] = [map.length, map[0]?.length ?? 0];
  if (h === 0 || w === 0) throw new Error(`${who}: expected a map of at least one cell, got ${h} x ${w}`);
  map.forEach((row, i) => {
    if (row.length !== w) throw new Error(`${who}: expected rows of ${w} cells, got ${row.length} in row ${i}`);
    const j = row.findIndex((value) => !Number.isFinite(value));
    if (j >= 0) throw new Error(`${who}: expected finite numbers, got ${row[j]} at row ${i}, column ${j}`);
  });
  return { h, w };
}

/** A mask of the right length that marks something: of an empty one no map can be right or wrong. */
export function checkMask(who: string, { height, width, values }: Mask): void {
  if (values.length !== height * width)
    throw new Error(`${who}: expected a mask of ${height} x ${width} = ${height * width} values, got ${values.length}`);
  if (!Array.prototype.some.call(values, Boolean)) throw new Error(`${who}: expected a mask that marks an object, got an empty one`);
}

export function checkFit(who: string, { h, w }: { h: number; w: number }, { height, width }: Mask): void {
  if (h > height || w > width)
    throw new Error(`${who}: expected a map of at most ${height} x ${width}, as large as the mask, got ${h} x ${w}`);
}

/** max(0, value): what speaks for a class in a signed map such as a class activation map. */
export const positivePart = (map: AttentionMap): number[][] => map.map((row) => row.map((value) => Math.max(0, value)));
