import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIdx } from '../../lib/data/idx';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const remedy = 'get it anew';
// two images of 1 x 3
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60);
const shape = [2, 1, 3];

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}
const read = (bytes: Uint8Array, name = 'images'): unknown => readIdx(file(name, bytes), { type: 'uint8', shape, remedy });
const changed = (at: number, value: number): Uint8Array => images.map((byte, index) => (index === at ? value : byte));

describe('readIdx', () => {
  it('reads bytes, plain and gzipped', () => {
    const expected = { shape: [2, 1, 3], values: Uint8Array.of(10, 20, 30, 40, 50, 60) };
    expect(read(images)).toEqual(expected);
    expect(read(gzipSync(images), 'images.gz')).toEqual(expected);
  });

  it('reads int32, big-endian, and takes any size where none is given', () => {
    const bytes = Uint8Array.of(0, 0, 12, 1, 0, 0, 0, 2, 0, 0, 1, 2, 255, 255, 255, 254);
    expect(readIdx(file('ints', bytes), { type: 'int32', shape: [undefined], remedy })).toEqual({
      shape: [2],
      values: Int32Array.of(258, -2),
    });
  });

  it.each([
    [0, 'at byte 0 expected the 4 bytes an IDX file begins with, found the end of the file'],
    [3, 'at byte 3 expected the 4 bytes an IDX file begins with, found the end of the file'],
    [9, 'at byte 9 expected a header of 16 bytes, found the end of the file'],
    [16, 'at byte 16 expected 22 bytes in all for the shape 2 x 1 x 3, found the end of the file'],
    [21, 'at byte 21 expected 22 bytes in all for the shape 2 x 1 x 3, found the end of the file'],
  ])('says where a file that was cut to %i bytes ends', (length, message) => {
    expect(() => read(images.subarray(0, length))).toThrow(`${join(folder, 'images')}: ${message}; get it anew`);
  });

  it.each([
    ['a wrong beginning', changed(1, 7), 'at byte 0 expected the two zero bytes an IDX file begins with, found 0x00 0x07'],
    ['another type', changed(2, 13), 'at byte 2 expected type 0x08 (uint8), found 0x0d (float32)'],
    ['an unknown type', changed(2, 99), 'at byte 2 expected type 0x08 (uint8), found 0x63 (no type of IDX)'],
    ['another number of axes', changed(3, 1), 'at byte 3 expected 3 axes, found 1'],
    ['another count', changed(7, 3), 'at byte 4 expected size 2 of axis 0, found 3'],
    ['a huge count', changed(4, 255), 'at byte 4 expected size 2 of axis 0, found 4278190082'],
    ['bytes at the end', Uint8Array.from([...images, 1, 2]), 'at byte 22 expected the end of the file, found 2 more bytes'],
  ])('refuses a file with %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(`${join(folder, 'images')}: ${message}; get it anew`);
  });

  it('does not believe a huge size where any is allowed', () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1);
    expect(() => readIdx(file('huge', bytes), { type: 'uint8', shape: [undefined, undefined], remedy })).toThrow(
      /at byte 13 expected 18446744065119617000 bytes/,
    );
  });

  it.each([0, 1, 5, 10, 15, 20])('refuses gzip data cut to %i bytes', (length) => {
    expect(() => read(gzipSync(images).subarray(0, length), 'images.gz')).toThrow(
      `images.gz: at compressed byte ${length} expected more gzip data, found the end of the file; get it anew`,
    );
  });

  it('refuses gzip data with a flipped bit, with more behind it, and what is no gzip at all', () => {
    const packed = gzipSync(images);
    const flipped = packed.map((byte, index) => (index === packed.length - 6 ? byte ^ 1 : byte)); // in the CRC-32
    expect(() => read(flipped, 'images.gz')).toThrow(
      /images\.gz: expected gzip data in its \d+ bytes, found: incorrect data check; get it anew/,
    );
    expect(() => read(Buffer.concat([packed, new Uint8Array(4)]), 'images.gz')).toThrow(
      `at compressed byte ${packed.length} expected the end of the file, found 4 more bytes; get it anew`,
    );
    expect(() => read(Buffer.concat([packed, Buffer.from('tail')]), 'images.gz')).toThrow(/found: incorrect header check/);
    expect(() => read(images, 'images.gz')).toThrow(/found: incorrect header check/);
  });

  it('stops before a file or its decompressed form grows past the limit', () => {
    const zeros = new Uint8Array(5000);
    const limited = (name: string, bytes: Uint8Array): unknown => readIdx(file(name, bytes), { type: 'uint8', shape, remedy, limit: 1000 });
    expect(() => limited('bomb.gz', gzipSync(zeros))).toThrow(
      'bomb.gz: expected at most 1000 bytes after decompression, found more; get it anew',
    );
    expect(() => limited('large', zeros)).toThrow('large: expected a file of at most 1000 bytes, found 5000; get it anew');
  });

  it('checks the sum of the decompressed bytes', () => {
    const sha256 = createHash('sha256').update(images).digest('hex');
    const checked = (bytes: Uint8Array): unknown => readIdx(file('images.gz', gzipSync(bytes)), { type: 'uint8', shape, remedy, sha256 });
    expect(checked(images)).toMatchObject({ shape });
    expect(() => checked(changed(20, 0))).toThrow(`expected sha256 ${sha256} (decompressed), found`);
  });

  it('says that there is no file, or a folder in its place', () => {
    mkdirSync(join(folder, 'd'));
    expect(() => readIdx(join(folder, 'none.gz'), { type: 'uint8', shape, remedy })).toThrow(
      `${join(folder, 'none.gz')}: no such file; get it anew`,
    );
    expect(() => readIdx(join(folder, 'd'), { type: 'uint8', shape, remedy })).toThrow('expected a file, found a folder; get it anew');
  });
});
