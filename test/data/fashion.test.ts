import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fashion, fashionClasses, fashionMini } from '../../lib/data/fashion';
import type { ImageSet } from '../../lib/data/imageSet';

const perClass = ({ labels }: ImageSet): number[] => fashionClasses.map((_, label) => labels.filter((found) => found === label).length);
const embedded = join(__dirname, '../../data/fashion-mini');
const installed = '/usr/share/datasets/fashion-mnist';

describe('fashionMini', () => {
  const { train, validation, test } = fashionMini();

  it('has 250 training, 50 validation and 100 test images of each class', () => {
    expect([train, validation, test].map(perClass)).toEqual([new Array(10).fill(250), new Array(10).fill(50), new Array(10).fill(100)]);
  });

  it('shares no source image between its parts', () => {
    const sources = [train, validation, test].map((part) => Array.from(part.sources));
    expect(new Set(sources.flat()).size).toBe(4000);
    expect(Math.max(...sources[0]!, ...sources[1]!)).toBeLessThan(60_000);
    expect(Math.min(...sources[2]!)).toBeGreaterThanOrEqual(60_000);
  });

  it('holds images between 0 and 1, and all classes among the first hundred', () => {
    expect(train.images.reduce((a, b) => Math.max(a, b), 0)).toBe(1);
    expect(train.images.reduce((a, b) => Math.min(a, b), 1)).toBe(0);
    expect(new Set(train.labels.subarray(0, 100)).size).toBe(10);
  });

  it('cuts validation as large as it is asked to', () => {
    const cut = fashionMini({ validation: 0.5 });
    expect([cut.train.count, cut.validation.count, cut.test.count]).toEqual([1500, 1500, 1000]);
    expect(() => fashionMini({ validation: 1 })).toThrow('fashionMini: validation must be a number from 0.01 to 0.5, got 1');
    expect(() => fashionMini({ ...({ split: 1 } as object) })).toThrow("fashionMini: there is no option 'split', check its spelling");
  });

  it('takes less than 2 MB, and its README and licence are beside it', () => {
    const bytes = readdirSync(embedded).reduce((sum, name) => sum + statSync(join(embedded, name)).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
    expect(readFileSync(join(embedded, 'LICENSE'), 'utf8')).toContain('Copyright (c) 2017 Zalando SE');
    for (const name of readdirSync(embedded).filter((file) => file.endsWith('.gz'))) {
      expect(readFileSync(join(embedded, 'README.md'), 'utf8')).toContain(name);
    }
  });
});

describe('data/fashion-mini/make.mjs', () => {
  it.skipIf(!existsSync(installed))('makes the embedded files anew from the full set', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-'));
    try {
      execFileSync(process.execPath, [join(embedded, 'make.mjs'), installed, folder]);
      const names = readdirSync(embedded).filter((name) => name.endsWith('.gz'));
      expect(readdirSync(folder)).toEqual(names);
      // decompressed: zlib may pack otherwise in another Node
      for (const name of names)
        expect(gunzipSync(readFileSync(join(folder, name))).equals(gunzipSync(readFileSync(join(embedded, name))))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('fashion', () => {
  it('names the file that is missing, damaged or another one, and what to do', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-'));
    try {
      const path = join(folder, 'train-images-idx3-ubyte.gz');
      expect(() => fashion({ folder })).toThrow(
        /train-images-idx3-ubyte\.gz: no such file; get the four files anew: apt install --reinstall/,
      );
      copyFileSync(join(embedded, 'train-images-idx3-ubyte.gz'), path);
      expect(() => fashion({ folder })).toThrow(/train-images-idx3-ubyte\.gz: at byte 4 expected size 60000 of axis 0, found 3000/);
      writeFileSync(path, readFileSync(path).subarray(0, 1_000_000));
      expect(() => fashion({ folder })).toThrow(/at compressed byte 1000000 expected more gzip data, found the end of the file/);
      rmSync(path);
      mkdirSync(path);
      expect(() => fashion({ folder })).toThrow(/expected a file, found a folder/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(!existsSync(installed))('is the set that fashionMini was cut from, image for image', () => {
    const full = fashion({ folder: installed });
    expect([full.train, full.validation, full.test].map(perClass)).toEqual([
      new Array(10).fill(5000),
      new Array(10).fill(1000),
      new Array(10).fill(1000),
    ]);
    const place = new Map<number, [ImageSet, number]>();
    for (const part of [full.train, full.validation, full.test]) {
      part.sources.forEach((source, at) => {
        place.set(source, [part, at]);
      });
    }
    const mini = fashionMini();
    for (const part of [mini.train, mini.validation, mini.test]) {
      part.sources.forEach((source, at) => {
        const [from, index] = place.get(source)!;
        const same = Buffer.from(from.images.buffer, 4 * 784 * index, 4 * 784).equals(
          Buffer.from(part.images.buffer, 4 * 784 * at, 4 * 784),
        );
        if (!same || from.labels[index] !== part.labels[at])
          throw new Error(`image ${at} of ${part.name} is not image ${source} of the full set`);
      });
    }
  });
});
