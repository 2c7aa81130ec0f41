import { describe, expect, it } from 'vitest';
import { imageSet } from '../../lib/data/imageSet';
import { moments, standardise } from '../../lib/data/moments';
import { smallSet } from './sets';

describe('moments', () => {
  it('are mean and deviation of each channel', () => {
    // two pixels of two channels: 0 and 1, then 0.25 and 0.75
    const set = imageSet({ ...smallSet({ count: 1, height: 1, width: 2, channels: 2 }), images: Float32Array.of(0, 0.25, 1, 0.75) });
    expect(moments(set)).toEqual({ mean: [0.5, 0.5], deviation: [0.5, 0.25] });
    expect(Array.from(standardise(set.images, moments(set)))).toEqual([-1, -1, 1, 1]);
    expect(Array.from(set.images)).toEqual([0, 0.25, 1, 0.75]);
  });

  it('are refused where nothing varies', () => {
    const set = imageSet({ ...smallSet(), images: new Float32Array(30).fill(0.5) });
    expect(() => moments(set)).toThrow('moments of small: channel 0 must vary, got the same value everywhere');
  });
});
