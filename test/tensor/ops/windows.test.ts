import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { scaledDotProductAttention } from '../../../lib/tensor/ops/attention';
import { fromWindows, haloMask, intoHaloBlocks, intoWindows, shiftedWindowMask } from '../../../lib/tensor/ops/windows';
import { gradientError, numbers, wavy } from '../gradients';

const [b, h, w, c] = [2, 6, 9, 4];
const image = (phase: number): tf.Tensor4D => wavy<tf.Rank.R4>([b, h, w, c], phase);
const pixel = (i: number): [number, number] => [Math.floor(i / w), i % w];

/** Attention between all pixels, of which a pair counts if `sees`. */
function dense(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  sees: (from: [number, number], to: [number, number]) => boolean,
): tf.Tensor {
  const bits = Array.from({ length: (h * w) ** 2 }, (_, i) => sees(pixel(Math.floor(i / (h * w))), pixel(i % (h * w))));
  const tokens = (x: tf.Tensor): tf.Tensor4D => tf.reshape(x, [b, 1, h * w, c]);
  const mask = tf.tensor2d(bits.map(Number), [h * w, h * w], 'bool');
  const out = scaledDotProductAttention({ query: tokens(query), key: tokens(key), value: tokens(value), mask });
  return tf.reshape(out, [b, h, w, c]);
}

/** The largest difference of values and of gradients to all three inputs. */
function difference(...functions: ((query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) => tf.Tensor)[]): number {
  const [first, second] = functions.map((f) => {
    const { value, grads } = tf.valueAndGrads((...x: tf.Tensor[]) => f(x[0]!, x[1]!, x[2]!))([image(0), image(1), image(2)], image(3));
    return [value, ...grads].flatMap(numbers);
  });
  return Math.max(...first!.map((value, i) => Math.abs(value - second![i]!)));
}
const heads = (x: tf.Tensor3D): tf.Tensor4D => tf.expandDims(x, 1);
const inWindows = (window: number, shift: number) => (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) => {
  const cut = (x: tf.Tensor): tf.Tensor4D => heads(intoWindows(x as tf.Tensor4D, { window, shift }));
  const mask = shiftedWindowMask({ h, w, window, shift });
  const out = scaledDotProductAttention({ query: cut(query), key: cut(key), value: cut(value), mask });
  return fromWindows(tf.squeeze(out, [1]), { h, w, window, shift });
};
const inBlocks =
  (block: number, halo: number, sees: 'block' | 'around' | 'inside') => (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) => {
    const around = (x: tf.Tensor): tf.Tensor4D => heads(intoHaloBlocks(x as tf.Tensor4D, { block, halo }));
    const queries = heads(intoWindows(query as tf.Tensor4D, { window: block }));
    const out = scaledDotProductAttention({
      query: queries,
      key: around(key),
      value: around(value),
      mask: haloMask({ h, w, block, halo, sees }),
    });
    return fromWindows(tf.squeeze(out, [1]), { h, w, window: block });
  };
const square = (block: number, [y, x]: [number, number]): string => `${Math.floor(y / block)} ${Math.floor(x / block)}`;

describe('windows', () => {
  it('are squares, row by row', () => {
    const x = tf.reshape(tf.range(0, 16), [1, 4, 4, 1]) as tf.Tensor4D;
    expect(numbers(intoWindows(x, { window: 2 }))).toEqual([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
    expect(numbers(intoWindows(x, { window: 2, shift: 1 }))).toEqual([5, 6, 9, 10, 7, 4, 11, 8, 13, 14, 1, 2, 15, 12, 3, 0]);
  });

  it('go back to where they came from', () => {
    for (const shift of [0, 1, 2]) {
      const back = fromWindows(intoWindows(image(0), { window: 3, shift }), { h, w, window: 3, shift });
      expect(numbers(back)).toEqual(numbers(image(0)));
    }
  });

  it('give attention among the pixels of a window, with its gradients', () => {
    const same = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor => dense(q, k, v, (from, to) => square(3, from) === square(3, to));
    expect(difference(inWindows(3, 0), same)).toBeLessThan(2e-6);
  });

  it('shifted, give attention among the pixels of a shifted window that did not come round the border', () => {
    for (const shift of [1, 2]) {
      const moved = ([y, x]: [number, number]): string => square(3, [y + 3 - shift, x + 3 - shift]); // windows of the shifted grid, cut at the border
      const same = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor => dense(q, k, v, (from, to) => moved(from) === moved(to));
      expect(difference(inWindows(3, shift), same)).toBeLessThan(2e-6);
    }
  });

  it('refuse images that they do not fill, and shifts beyond their size', () => {
    expect(() => intoWindows(image(0), { window: 4 })).toThrow(
      'intoWindows: expected an image whose height and width are multiples of 4, got 6 x 9; pad it and mask the padding',
    );
    expect(() => intoWindows(image(0), { window: 3, shift: 3 })).toThrow(
      'intoWindows: expected a whole shift from 0 to below the window, 3, got 3',
    );
  });
});

describe('blocks with a halo', () => {
  it('are blocks with the pixels around them, zero beyond the image', () => {
    const x = tf.reshape(tf.range(1, 17), [1, 4, 4, 1]) as tf.Tensor4D;
    const blocks = tf.reshape(intoHaloBlocks(x, { block: 2, halo: 1 }), [4, 16]);
    expect(numbers(blocks).slice(0, 16)).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11]);
    expect(numbers(blocks).slice(48)).toEqual([6, 7, 8, 0, 10, 11, 12, 0, 14, 15, 16, 0, 0, 0, 0, 0]);
  });

  it('give attention of each block to itself and its halo, also a wide one, with its gradients', () => {
    for (const halo of [0, 1, 2, 4]) {
      const within = (from: number, to: number): boolean => {
        const first = Math.floor(from / 3) * 3;
        return to >= first - halo && to < first + 3 + halo;
      };
      const near = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor =>
        dense(q, k, v, (from, to) => within(from[0], to[0]) && within(from[1], to[1]));
      expect(difference(inBlocks(3, halo, 'block'), near)).toBeLessThan(2e-6);
    }
  });

  it('give attention of each pixel to the square around it, cut or moved inside at the border', () => {
    const cut = (from: number, to: number): boolean => Math.abs(from - to) <= 2;
    const inside = (from: number, to: number, length: number): boolean => {
      const first = Math.min(Math.max(from - 2, 0), length - 5);
      return to >= first && to < first + 5;
    };
    for (const [sees, near] of [
      ['around', cut],
      ['inside', inside],
    ] as const) {
      // biome-ignore format: one row
      const same = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor =>
        dense(q, k, v, (from, to) => near(from[0], to[0], h) && near(from[1], to[1], w));
      expect(difference(inBlocks(3, 2, sees), same)).toBeLessThan(2e-6);
    }
  });

  it('moved inside, show every pixel equally many', () => {
    const seen = tf.sum(tf.cast(haloMask({ h, w, block: 3, halo: 2, sees: 'inside' }), 'int32'), -1);
    expect(new Set(numbers(seen))).toEqual(new Set([25]));
  });

  it('have the gradient of finite differences', () => {
    const errors = gradientError({ x: wavy<tf.Rank.R4>([1, 4, 2, 2]) }, ({ x }) => intoHaloBlocks(x, { block: 2, halo: 1 }));
    expect(errors['x']).toBeLessThan(1e-3);
  });

  it('refuse a square larger than the image', () => {
    expect(() => haloMask({ h: 4, w: 4, block: 4, halo: 2, sees: 'inside' })).toThrow(
      'haloMask: expected squares of side 2 halo + 1 within the image and halo below block, got halo=2, block=4, h=4, w=4',
    );
  });
});
