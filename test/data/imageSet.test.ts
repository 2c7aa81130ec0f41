import { describe, expect, it } from 'vitest';
import { imageAt, imageSet, maskAt, pictureAt, splitHash, subset, take } from '../../lib/data/imageSet';
import { smallSet } from './sets';

describe('imageSet', () => {
  it('hashes all it holds: one value more or less is another hash', () => {
    const set = smallSet();
    expect(smallSet().hash).toBe(set.hash);
    for (const change of [
      { images: set.images.map((value, at) => (at === 7 ? value + 1e-6 : value)) },
      { labels: set.labels.map((label) => 1 - label) },
      { sources: set.sources.map((source) => source + 1) },
      { masks: set.masks!.map((bit) => 1 - bit) },
      { name: 'other' },
    ]) {
      expect(imageSet({ ...set, ...change }).hash).not.toBe(set.hash);
    }
  });

  it('refuses arrays that do not fit and labels without a class', () => {
    const set = smallSet();
    expect(() => imageSet({ ...set, images: new Float32Array(29) })).toThrow('imageSet small: images must have 5 x 6 = 30 values, got 29');
    expect(() => imageSet({ ...set, boxes: new Int32Array(5) })).toThrow('imageSet small: boxes must have 5 x 4 = 20 values, got 5');
    expect(() => imageSet({ ...set, labels: Int32Array.of(0, 1, 2, 0, 1) })).toThrow(
      'imageSet small: label of image 2 must be 0 to 1, got 2',
    );
  });
});

describe('subset and take', () => {
  it('keep images, labels, sources, masks and boxes together, in the order asked for', () => {
    const set = smallSet({ channels: 3 });
    const chosen = subset(set, [4, 1]);
    expect(chosen.count).toBe(2);
    expect(Array.from(chosen.sources)).toEqual([104, 101]);
    expect(Array.from(chosen.labels)).toEqual([0, 1]);
    expect(chosen.images).toEqual(Float32Array.from([...set.images.subarray(72, 90), ...set.images.subarray(18, 36)]));
    expect(Array.from(chosen.boxes!)).toEqual([16, 17, 18, 19, 4, 5, 6, 7]);
    expect(chosen.masks).toEqual(Uint8Array.from([...set.masks!.subarray(24, 30), ...set.masks!.subarray(6, 12)]));
    expect(chosen.hash).not.toBe(set.hash);
    expect(take(set, 2)).toEqual(subset(set, [0, 1]));
  });

  it('refuse what is not there', () => {
    expect(() => subset(smallSet(), [0, 5])).toThrow('subset of small: an index must be a whole number from 0 to 4, got 5');
    expect(() => take(smallSet(), 6)).toThrow('take of small: count must be a whole number from 1 to 5, got 6');
    expect(() => pictureAt(smallSet(), -1)).toThrow('small: the index of an image must be a whole number from 0 to 4, got -1');
  });
});

describe('one image', () => {
  it('comes as plain numbers for figures and as a mask for metrics', () => {
    const set = smallSet();
    expect(imageAt(set, 1)).toEqual({ height: 2, width: 3, channels: 1, values: Array.from(set.images.subarray(6, 12)) });
    expect(maskAt(set, 1)).toEqual({ height: 2, width: 3, values: Uint8Array.of(0, 1, 0, 1, 0, 1) });
    const { masks: _, ...bare } = set;
    expect(() => maskAt(bare, 0)).toThrow('maskAt of small: this set has no masks, clutteredFashion has');
  });
});

describe('splitHash', () => {
  it('depends on each part and on which part it is', () => {
    const [a, b] = [smallSet(), smallSet({ count: 4 })];
    const hashes = [
      splitHash({ train: a, validation: b, test: b }),
      splitHash({ train: b, validation: a, test: b }),
      splitHash({ train: a, validation: a, test: b }),
    ];
    expect(new Set(hashes).size).toBe(3);
  });
});
