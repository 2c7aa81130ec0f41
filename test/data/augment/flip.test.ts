import { describe, expect, it } from 'vitest';
import { flip } from '../../../lib/data/augment/flip';

const picture = { height: 2, width: 3, channels: 1, values: Float32Array.of(1, 2, 3, 4, 5, 6), mask: Uint8Array.of(1, 0, 0, 0, 1, 1) };

describe('flip', () => {
  it('mirrors image and mask left to right below its probability, else changes nothing', () => {
    const mirrored = flip()(picture, () => 0.49);
    expect(mirrored.values).toEqual(Float32Array.of(3, 2, 1, 6, 5, 4));
    expect(mirrored.mask).toEqual(Uint8Array.of(0, 0, 1, 1, 1, 0));
    expect(flip()(picture, () => 0.5)).toBe(picture);
    expect(flip({ probability: 0 })(picture, () => 0)).toBe(picture);
  });

  it('refuses what is no probability', () => {
    expect(() => flip({ probability: 50 })).toThrow('flip: probability must be a number from 0 to 1, got 50');
  });
});
