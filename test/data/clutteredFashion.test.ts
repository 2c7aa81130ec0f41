import { describe, expect, it } from 'vitest';
import { clutteredFashion } from '../../lib/data/clutteredFashion';
import { fashionMini } from '../../lib/data/fashion';
import type { ImageSet } from '../../lib/data/imageSet';
import { maskOf } from '../../lib/data/objectMask';

const side = 28;
const scenes = clutteredFashion({ seed: 7 });
const plain = fashionMini();
// toEqual walks over millions of numbers one by one
const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer => Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
const parts = ['train', 'validation', 'test'] as const;

/** Where the object's 28x28 image begins in the scene, from the scene's box and the box of the plain image. */
function corner(set: ImageSet, scene: number, inside: Uint8Array): [x: number, y: number] {
  const at = inside.findIndex(Boolean);
  const firstRow = Math.floor(at / side);
  const firstColumn = Math.min(
    ...Array.from(inside.keys())
      .filter((place) => inside[place])
      .map((place) => place % side),
  );
  return [set.boxes![4 * scene]! - firstColumn, set.boxes![4 * scene + 1]! - firstRow];
}

describe('clutteredFashion', () => {
  it('makes one scene of each image, in the same parts, with its label', () => {
    for (const part of parts) {
      expect(scenes[part].count).toBe(plain[part].count);
      expect(scenes[part].labels).toEqual(plain[part].labels);
      expect(scenes[part].sources).toEqual(plain[part].sources);
    }
    expect([scenes.train.height, scenes.train.width, scenes.train.channels]).toEqual([40, 40, 1]);
  });

  it('shows, where the mask is 1, the pixels of the source image and nothing else', () => {
    const set = scenes.test;
    for (let scene = 0; scene < 200; scene++) {
      const values = plain.test.images.subarray(scene * side * side, (scene + 1) * side * side);
      const inside = maskOf(values, { height: side, width: side, above: 25 / 255 });
      const [x, y] = corner(set, scene, inside);
      const expected = new Uint8Array(1600);
      inside.forEach((bit, from) => {
        const to = (y + Math.floor(from / side)) * 40 + x + (from % side);
        if (!bit) return;
        expected[to] = 1;
        if (set.images[scene * 1600 + to] !== values[from]) throw new Error(`scene ${scene}: pixel ${to} is not the object's`);
      });
      expect(set.masks!.subarray(scene * 1600, (scene + 1) * 1600)).toEqual(expected);
    }
  });

  it('has boxes that just hold the mask', () => {
    const { masks, boxes } = scenes.validation;
    for (let scene = 0; scene < 100; scene++) {
      const [x0, y0, x1, y1] = Array.from(boxes!.subarray(4 * scene, 4 * scene + 4)) as [number, number, number, number];
      const inside = (x: number, y: number): boolean => x >= x0 && x < x1 && y >= y0 && y < y1;
      const on = Array.from({ length: 1600 }, (_, at) => at).filter((at) => masks![1600 * scene + at]);
      expect(on.every((at) => inside(at % 40, Math.floor(at / 40)))).toBe(true);
      expect([Math.min(...on.map((at) => at % 40)), Math.max(...on.map((at) => at % 40)) + 1]).toEqual([x0, x1]);
      expect([Math.min(...on.map((at) => Math.floor(at / 40))), Math.max(...on.map((at) => Math.floor(at / 40))) + 1]).toEqual([y0, y1]);
    }
  });

  it('never marks a pixel as object and distractor, and marks a distractor only where something shows', () => {
    const { masks, distractorMasks, images } = scenes.test;
    let shown = 0;
    distractorMasks!.forEach((bit, at) => {
      if (!bit) return;
      shown++;
      if (masks![at]) throw new Error(`pixel ${at} is both`);
      if (images[at]! <= 25 / 255) throw new Error(`pixel ${at} is marked but dark`);
    });
    expect(shown).toBeGreaterThan(0);
  });

  it('without distractors is a translated image on black', () => {
    const bare = clutteredFashion({ seed: 7, distractors: 0 }).test;
    expect(bare.distractorMasks!.every((bit) => bit === 0)).toBe(true);
    const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
    for (let scene = 0; scene < 50; scene++) {
      expect(sum(bare.images.subarray(scene * 1600, (scene + 1) * 1600))).toBe(
        sum(plain.test.images.subarray(scene * 784, (scene + 1) * 784)),
      );
    }
  });

  it('at size 28 has no room to move: the plain image', () => {
    const still = clutteredFashion({ seed: 7, size: 28, distractors: 0 }).test;
    expect(bytes(still.images).equals(bytes(plain.test.images))).toBe(true);
  });

  it('puts objects at every place alike', () => {
    const xs = Array.from({ length: 1000 }, (_, scene) => {
      const values = plain.test.images.subarray(scene * 784, (scene + 1) * 784);
      return corner(scenes.test, scene, maskOf(values, { height: side, width: side, above: 25 / 255 }));
    });
    expect(new Set(xs.map(([x]) => x))).toEqual(new Set(Array.from({ length: 13 }, (_, at) => at)));
    for (const axis of [0, 1] as const) {
      const mean = xs.reduce((sum, place) => sum + place[axis], 0) / 1000;
      expect(Math.abs(mean - 6)).toBeLessThan(0.5); // 4 standard errors of sqrt(14 / 1000) = 0.118
    }
  });

  it('gives the same bytes for the same seed and others for another', () => {
    expect(clutteredFashion({ seed: 7 }).train.hash).toBe(scenes.train.hash);
    const other = clutteredFashion({ seed: 0 });
    // written down, so that a change of the generator cannot go unseen: records of runs name their data by it
    expect(other.train.hash).toBe('ac768a7cb42875d5d0cfb4ba7c8fd08a0fd51635bdef89918aaeac4cf1d1e67b');
    for (const part of parts) expect(other[part].hash).not.toBe(scenes[part].hash);
  });

  it('keeps its first scenes when more are made of each training image', () => {
    const more = clutteredFashion({ seed: 7, scenesPerImage: 2 });
    expect(more.train.count).toBe(5000);
    const [first, second] = [
      more.train.images.subarray(0, scenes.train.images.length),
      more.train.images.subarray(scenes.train.images.length),
    ];
    expect(bytes(first).equals(bytes(scenes.train.images))).toBe(true);
    expect(bytes(second).equals(bytes(scenes.train.images))).toBe(false);
    expect(more.test.hash).toBe(scenes.test.hash);
  });

  it.each([
    [{ size: 27 }, 'clutteredFashion: size must be a whole number from 28 to 512, got 27'],
    [{ size: '40' as never }, "clutteredFashion: size must be a whole number from 28 to 512, got '40'"],
    [{ distractors: -1 }, 'clutteredFashion: distractors must be a whole number from 0 to 100, got -1'],
    [{ distractorSize: 29 }, 'clutteredFashion: distractorSize must be a whole number from 1 to 28, got 29'],
    [{ seed: 0.5 }, 'clutteredFashion: seed must be a whole number from 0 to 2147483647, got 0.5'],
    [{ from: 'all' as never }, "clutteredFashion: from must be one of mini, full, got 'all'"],
    [{ folder: 'x' }, "clutteredFashion: folder is that of the full set, so it needs from: 'full'"],
    [{ scenesPerImage: 1000, size: 512 }, 'clutteredFashion: expected at most 4 GiB of scenes, got'],
    [{ ...{ distractor: 2 } }, "clutteredFashion: there is no option 'distractor', check its spelling"],
  ])('refuses %j', (options, message) => {
    expect(() => clutteredFashion({ seed: 0, ...options })).toThrow(message);
  });
});

describe('smaller objects', () => {
  const small = clutteredFashion({ seed: 7, size: 40, objectSize: 14, distractors: 0 });

  it('are means of blocks of 2 x 2 pixels', () => {
    const at = boxCorner(small.test, 0);
    const values = plain.test.images.subarray(0, side * side);
    const mean = (y: number, x: number): number =>
      [0, 1].flatMap((dy) => [0, 1].map((dx) => values[(2 * y + dy) * side + 2 * x + dx]!)).reduce((a, b) => a + b, 0) / 4;
    let compared = 0;
    for (let y = 0; y < 14; y++) {
      for (let x = 0; x < 14; x++) {
        const to = (at.y + y) * 40 + at.x + x;
        if (!small.test.masks![to]) continue;
        compared += 1;
        expect(small.test.images[to]).toBeCloseTo(mean(y, x), 5);
      }
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('cover less of the scene, and do not always cover its centre', () => {
    const share = (set: ImageSet): number => set.masks!.reduce((sum, bit) => sum + bit, 0) / set.masks!.length;
    expect(share(small.test)).toBeLessThan(share(scenes.test) / 3);
    const centred = (set: ImageSet): number =>
      Array.from({ length: set.count }, (_, i) => set.masks![i * 1600 + 20 * 40 + 20]!).reduce((a, b) => a + b, 0) / set.count;
    expect(centred(scenes.test)).toBeGreaterThan(0.7);
    expect(centred(small.test)).toBeLessThan(0.35);
  });

  it('refuses a size that blocks cannot make', () => {
    expect(() => clutteredFashion({ seed: 0, objectSize: 10 as never })).toThrow('objectSize');
  });
});

/** Where the shrunk image begins: the first scene's box less the first masked row and column of the shrunk image. */
function boxCorner(set: ImageSet, scene: number): { x: number; y: number } {
  const values = Float32Array.from({ length: 14 * 14 }, (_, at) => {
    const [y, x] = [Math.floor(at / 14), at % 14];
    const block = [0, 1].flatMap((dy) => [0, 1].map((dx) => plain.test.images[(scene * side + 2 * y + dy) * side + 2 * x + dx]!));
    return block.reduce((a, b) => a + b, 0) / 4;
  });
  const on = Array.from(maskOf(values, { height: 14, width: 14, above: 25 / 255 })).flatMap((bit, at) => (bit ? [at] : []));
  const [firstRow, firstColumn] = [Math.min(...on.map((at) => Math.floor(at / 14))), Math.min(...on.map((at) => at % 14))];
  return { x: set.boxes![4 * scene]! - firstColumn, y: set.boxes![4 * scene + 1]! - firstRow };
}
