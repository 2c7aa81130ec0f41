import { describe, expect, it } from 'vitest';
import { batchCount, batches } from '../../lib/data/batches';
import { moments } from '../../lib/data/moments';
import { smallSet } from './sets';

const set = smallSet({ count: 7 });
const indices = (options: Parameters<typeof batches>[1]): number[][] =>
  [...batches(set, options)].map((batch) => Array.from(batch.indices));

describe('batches', () => {
  it('pads the last batch of an evaluation with rows of weight 0', () => {
    const found = [...batches(set, { size: 3 })];
    expect(found.map(({ count, size }) => [count, size])).toEqual([
      [3, 3],
      [3, 3],
      [1, 3],
    ]);
    const last = found[2]!;
    expect(Array.from(last.indices)).toEqual([6, -1, -1]);
    expect(Array.from(last.weights)).toEqual([1, 0, 0]);
    expect(Array.from(last.labels)).toEqual([0, 0, 0]);
    expect(last.images).toEqual(Float32Array.from([...set.images.subarray(36), ...new Float32Array(12)]));
  });

  it('drops the remainder while training, and shows each image once an epoch', () => {
    const epoch = indices({ size: 3, shuffle: true, seed: 1 });
    expect(epoch.map((batch) => batch.length)).toEqual([3, 3]);
    expect(new Set(epoch.flat()).size).toBe(6);
    expect(
      indices({ size: 3, shuffle: true, seed: 1, remainder: 'pad' })
        .flat()
        .filter((index) => index >= 0)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('orders an epoch by seed and epoch alone', () => {
    const order = (seed: number, epoch: number): string => indices({ size: 7, shuffle: true, seed, epoch }).join();
    expect(order(0, 0)).toBe(order(0, 0));
    expect(new Set([order(0, 0), order(0, 1), order(1, 0), order(1, 1), '0,1,2,3,4,5,6']).size).toBe(5);
  });

  it('shuffles without preference: over 3,000 epochs each image comes first about as often', () => {
    const three = smallSet({ count: 3 });
    const first = [0, 0, 0];
    for (let epoch = 0; epoch < 3000; epoch++)
      for (const batch of batches(three, { size: 3, shuffle: true, epoch })) first[batch.indices[0]!]! += 1;
    for (const times of first) expect(Math.abs(times - 1000)).toBeLessThan(110); // 4 standard deviations of 26
  });

  it('keeps labels and images with their index', () => {
    for (const batch of batches(set, { size: 2, shuffle: true, seed: 5 })) {
      batch.indices.forEach((index, row) => {
        expect(batch.labels[row]).toBe(set.labels[index]);
        expect(batch.images.subarray(6 * row, 6 * row + 6)).toEqual(set.images.subarray(6 * index, 6 * index + 6));
      });
    }
  });

  it('augments an image by seed, epoch and image, whatever batch it is in', () => {
    const augment = (picture: { values: Float32Array }, random: () => number) => ({
      ...picture,
      height: 2,
      width: 3,
      channels: 1,
      values: Float32Array.of(random(), 0, 0, 0, 0, 0),
    });
    const draws = (size: number, epoch = 0, seed = 0): Map<number, number> => {
      const all = [...batches(set, { size, epoch, seed, augment })];
      return new Map(
        all.flatMap(({ indices: at, images, count }) => Array.from({ length: count }, (_, row) => [at[row]!, images[6 * row]!] as const)),
      );
    };
    expect(draws(2)).toEqual(draws(5));
    expect(draws(2, 1).get(3)).not.toBe(draws(2).get(3));
    expect(draws(2, 0, 1).get(3)).not.toBe(draws(2).get(3));
  });

  it('standardises by the moments it is given, after augmentation, and leaves padding 0', () => {
    const standard = moments(set);
    const [batch] = batches(set, { size: 8, moments: standard });
    expect(batch!.images[0]).toBeCloseTo((set.images[0]! - standard.mean[0]!) / standard.deviation[0]!, 6);
    expect(Array.from(batch!.images.subarray(42))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('counts beforehand', () => {
    expect([batchCount(set, { size: 3 }), batchCount(set, { size: 3, shuffle: true }), batchCount(set, { size: 7 })]).toEqual([3, 2, 1]);
  });

  it('refuses what would train on nothing or is misspelt', () => {
    expect(() => indices({ size: 8, shuffle: true })).toThrow(
      'batches of small: size must be at most the number of images, 7, where the remainder is dropped, got 8',
    );
    expect(() => indices({ size: 0 })).toThrow('batches: size must be a whole number from 1 to 1000000, got 0');
    expect(() => indices({ size: 2, moments: { mean: [0, 0, 0], deviation: [1, 1, 1] } })).toThrow(
      'batches of small: moments must be of 1 channels, got 3',
    );
    expect(() => indices({ size: 2, ...{ shufle: true } })).toThrow("batches: there is no option 'shufle', check its spelling");
  });
});
