import { describe, expect, it } from 'vitest';
import { shift } from '../../../lib/data/augment/shift';

const picture = {
  height: 2,
  width: 3,
  channels: 1,
  values: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
  mask: Uint8Array.of(1, 0, 0, 1, 1, 0),
};
/** Draws these numbers, one after the other. */
const draws =
  (...numbers: number[]): (() => number) =>
  () =>
    numbers.shift() ?? Number.NaN;

describe('shift', () => {
  it('moves image and mask alike: with pixels 1, draws of 0 and 0.99 are one up and one right', () => {
    const moved = shift({ pixels: 1, fill: 0.5 })(picture, draws(0, 0.99));
    expect(moved.values).toEqual(Float32Array.of(0.5, 0.4, 0.5, 0.5, 0.5, 0.5));
    expect(moved.mask).toEqual(Uint8Array.of(0, 1, 1, 0, 0, 0));
    expect(picture.values[0]).toBeCloseTo(0.1, 6);
  });

  it('leaves the picture where the draw is the middle, and moves all channels together', () => {
    expect(shift({ pixels: 1 })(picture, draws(0.5, 0.5))).toEqual(picture);
    const colour = { height: 1, width: 2, channels: 2, values: Float32Array.of(1, 2, 3, 4) };
    expect(shift({ pixels: 1 })(colour, draws(0.5, 0.99)).values).toEqual(Float32Array.of(0, 0, 1, 2));
  });

  it('refuses a part of a pixel', () => {
    expect(() => shift({ pixels: 0.5 })).toThrow('shift: pixels must be a whole number from 0 to 1000, got 0.5');
    expect(() => shift({ ...({ pixel: 2 } as object) })).toThrow("shift: there is no option 'pixel', check its spelling");
  });
});
