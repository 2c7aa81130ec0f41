import { describe, expect, it } from 'vitest';
import { cutout } from '../../../lib/data/augment/cutout';

const picture = { height: 3, width: 3, channels: 1, values: new Float32Array(9).fill(1), mask: new Uint8Array(9).fill(1) };
const draws =
  (...numbers: number[]): (() => number) =>
  () =>
    numbers.shift() ?? Number.NaN;

describe('cutout', () => {
  it('fills a square about the drawn pixel, in the mask too', () => {
    // row 2 of 3, column 1 of 3; a square of 2 begins one before its centre
    const cut = cutout({ size: 2, fill: 0.5 })(picture, draws(0.99, 0.4));
    expect(cut.values).toEqual(Float32Array.of(1, 1, 1, 0.5, 0.5, 1, 0.5, 0.5, 1));
    expect(cut.mask).toEqual(Uint8Array.of(1, 1, 1, 0, 0, 1, 0, 0, 1));
  });

  it('is cut off at the border', () => {
    expect(cutout({ size: 3 })(picture, draws(0, 0)).values).toEqual(Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1, 1));
  });

  it('refuses an empty square', () => {
    expect(() => cutout({ size: 0 })).toThrow('cutout: size must be a whole number from 1 to 1000, got 0');
  });
});
