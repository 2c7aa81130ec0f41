/**
 * Images cut into squares, so that attention within or around them is dense attention on many small problems, in exact
 * operations with gradients. For an image of n = h w pixels of width c, squares of side w, a halo of r pixels, in floats:
 *
 *   everywhere                 keys n c               pairs n n
 *   windows                    keys n c               pairs n w w             (Liu et al. 2021, arXiv:2103.14030)
 *   blocks with a halo         keys n c (1 + 2r/w)^2  pairs n (w + 2r)^2      (Vaswani et al. 2021, arXiv:2103.12731)
 *   a copy of keys a pixel     keys n c (1 + 2r)^2    pairs n (1 + 2r)^2
 *
 * The last is what the third gives too, by its mask, with w = 8 and r = 3 for 3 copies of the keys instead of 49; pairs are never
 * stored (ops/attention). Squares go row by row, image by image: '(b nh nw)', which is how the masks repeat for each image.
 */
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { rearrange, sizes } from '../axes';

/** `shift` moves the squares by so many pixels down and to the right; those that pass the border go on at the other side. */
export type WindowOptions = { window: number; shift?: number };
export type GridSize = { h: number; w: number };

/** 'b h w c' -> '(b nh nw) (window window) c'. Throws unless h and w are multiples of `window`. */
export function intoWindows(x: Tensor4D, { window, shift = 0 }: WindowOptions): Tensor3D {
  const { h, w } = sizes(x, 'b h w c');
  squares('intoWindows', { h, w }, window, shift);
  return tf.tidy(() => rearrange(roll(x, -shift), 'b (nh wh) (nw ww) c -> (b nh nw) (wh ww) c', { wh: window, ww: window }));
}

/** The inverse: '(b nh nw) (window window) c' -> 'b h w c'. */
export function fromWindows(windows: Tensor3D, { h, w, window, shift = 0 }: WindowOptions & GridSize): Tensor4D {
  const { nh, nw } = squares('fromWindows', { h, w }, window, shift);
  return tf.tidy(() => {
    const image = rearrange<tf.Rank.R4>(windows, '(b nh nw) (wh ww) c -> b (nh wh) (nw ww) c', { nh, nw, wh: window, ww: window });
    return roll(image, shift);
  });
}

/**
 * Who sees whom in shifted windows: only pixels that are neighbours in the image too, not those that came round its border. bool
 * '(nh nw) 1 n n', n = window window; without a shift all see all, and no mask is needed.
 */
export function shiftedWindowMask({ h, w, window, shift = 0 }: WindowOptions & GridSize): Tensor4D {
  squares('shiftedWindowMask', { h, w }, window, shift);
  const seen = (length: number) => (square: number, query: number, key: number) => {
    const cameRound = (at: number): boolean => square * window + at >= length - shift;
    return cameRound(query) === cameRound(key);
  };
  return separable({ h, w }, window, window, seen);
}

export type HaloOptions = { block: number; halo: number };

/**
 * Each block with the pixels around it, zero beyond the image: 'b h w c' -> '(b nh nw) (k k) c', k = block + 2 halo. Keys and values for
 * the queries of `intoWindows(x, { window: block })`. Throws unless h and w are multiples of `block`.
 */
export function intoHaloBlocks(x: Tensor4D, { block, halo }: HaloOptions): Tensor3D {
  const { b, h, w, c } = sizes(x, 'b h w c');
  const { nh, nw } = squares('intoHaloBlocks', { h, w }, block, 0, halo);
  return tf.tidy(() => {
    const k = block + 2 * halo;
    const rows = overlapping(tf.reshape(x, [b, h, w * c]) as Tensor3D, nh, block, halo); // b nh k (w c)
    const both = overlapping(tf.reshape(rows, [b * nh * k, w, c]) as Tensor3D, nw, block, halo); // (b nh k) nw k c
    return rearrange(both, '(b nh kh) nw kw c -> (b nh nw) (kh kw) c', { nh, kh: k });
  });
}

/**
 * Who sees whom between blocks and their surroundings; never a pixel beyond the image. bool '(nh nw) 1 (block block) (k k)'.
 *
 * - `block`: every pixel of the block with its halo (HaloNet)
 * - `around`: the square of side 2 halo + 1 around the query, smaller at the border
 * - `inside`: that square, moved into the image at the border, so that all see as many (Hassani et al. 2023, arXiv:2204.07143);
 *   throws where the square is larger than the image or the halo not smaller than the block
 */
export function haloMask({ h, w, block, halo, sees }: HaloOptions & GridSize & { sees: 'block' | 'around' | 'inside' }): Tensor4D {
  squares('haloMask', { h, w }, block, 0, halo);
  const side = 2 * halo + 1;
  if (sees === 'inside' && (side > Math.min(h, w) || halo >= block)) {
    throw new Error(`haloMask: expected squares of side 2 halo + 1 within the image and halo below block, got halo=${halo}, block=${block}, h=${h}, w=${w}`); // biome-ignore format: one message
  }
  const seen = (length: number) => (square: number, query: number, key: number) => {
    const [from, to] = [square * block + query, square * block + key - halo];
    if (to < 0 || to >= length) return false;
    if (sees === 'block') return true;
    const first = sees === 'around' ? from - halo : Math.min(Math.max(from - halo, 0), length - side);
    return to >= first && to < first + side;
  };
  return separable({ h, w }, block, block + 2 * halo, seen);
}

/** Moved by so many pixels down and to the right, round the border. */
function roll(x: Tensor4D, by: number): Tensor4D {
  return [1, 2].reduce((moved: Tensor4D, axis) => {
    const length = x.shape[axis]!;
    const at = (((length - by) % length) + length) % length;
    if (at === 0) return moved;
    const part = (from: number, size: number): Tensor4D =>
      tf.slice(
        moved,
        moved.shape.map((_, other) => (other === axis ? from : 0)) as [number, number, number, number],
        moved.shape.map((all, other) => (other === axis ? size : all)) as [number, number, number, number],
      );
    return tf.concat([part(at, length - at), part(0, at)], axis);
  }, x);
}

/** 'b (count block) c' -> 'b count (block + 2 halo) c', each with what lies before and after it. */
function overlapping(x: Tensor3D, count: number, block: number, halo: number): Tensor4D {
  const [b, , c] = x.shape;
  const more = Math.ceil((2 * halo) / block); // blocks that the end of a surrounding reaches into
  const padded = tf.pad(x, [[0, 0], [halo, more * block - halo], [0, 0]]); // biome-ignore format: one row
  const blocks = tf.reshape(padded, [b, count + more, block, c]) as Tensor4D; // block i starts `halo` before the image's block i
  const parts = Array.from({ length: more + 1 }, (_, i) =>
    tf.slice(blocks, [0, i, 0, 0], [b, count, Math.min(block, block + 2 * halo - i * block), c]),
  );
  return tf.concat(parts, 2);
}

/** A mask that is that of the rows and that of the columns, `seen(length)(square, query, key)` for each. */
function separable(
  { h, w }: GridSize,
  querySide: number,
  keySide: number,
  seen: (length: number) => (square: number, query: number, key: number) => boolean,
): Tensor4D {
  const [nh, nw] = [h / querySide, w / querySide];
  const [byRow, byColumn] = [seen(h), seen(w)];
  const columns = Array.from({ length: nw * querySide * keySide }, (_, i) =>
    byColumn(Math.floor(i / (querySide * keySide)), Math.floor(i / keySide) % querySide, i % keySide),
  );
  const mask = new Uint8Array(nh * nw * (querySide * keySide) ** 2);
  let at = 0;
  for (let i = 0; i < nh; i++) {
    const rows = Array.from({ length: querySide * keySide }, (_, pair) => byRow(i, Math.floor(pair / keySide), pair % keySide));
    for (let j = 0; j < nw; j++)
      for (let qy = 0; qy < querySide; qy++)
        for (let qx = 0; qx < querySide; qx++)
          for (let ky = 0; ky < keySide; ky++)
            for (let kx = 0; kx < keySide; kx++)
              mask[at++] = Number(rows[qy * keySide + ky]! && columns[(j * querySide + qx) * keySide + kx]!);
  }
  return tf.tensor4d(mask, [nh * nw, 1, querySide ** 2, keySide ** 2], 'bool');
}

function squares(who: string, { h, w }: GridSize, side: number, shift: number, halo = 0): { nh: number; nw: number } {
  if (!Number.isInteger(side) || side < 1 || h % side !== 0 || w % side !== 0) {
    throw new Error(
      `${who}: expected an image whose height and width are multiples of ${side}, got ${h} x ${w}; pad it and mask the padding`,
    );
  }
  if (!Number.isInteger(shift) || shift < 0 || shift >= side) {
    throw new Error(`${who}: expected a whole shift from 0 to below the window, ${side}, got ${shift}`);
  }
  if (!Number.isInteger(halo) || halo < 0) throw new Error(`${who}: expected a whole halo from 0, got ${halo}`);
  return { nh: h / side, nw: w / side };
}
