/**
 * Reader of IDX, the format of MNIST and its relatives, plain or gzipped (name ends in .gz).
 *
 *   bytes 0-1: zero   2: type (0x08 uint8, 0x0c int32)   3: number of axes   then each size as uint32, big-endian, then the values
 *
 * Nothing is believed: sizes are compared with what is really there before anything is made from them.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

type Values = { uint8: Uint8Array; int32: Int32Array };
export type IdxType = keyof Values;
export type Idx<K extends IdxType> = { readonly shape: readonly number[]; readonly values: Values[K] };
export type IdxExpectation<K extends IdxType> = {
  type: K;
  /** sizes of the axes; undefined where any will do */
  shape: readonly (number | undefined)[];
  /** of the decompressed file */
  sha256?: string;
  /** how large the file may be, decompressed */
  limit?: number;
  /** what to do about a bad file, the end of each message */
  remedy: string;
};

const codes: { readonly [K in IdxType]: number } = { uint8: 0x08, int32: 0x0c };
const valuesIn: { readonly [K in IdxType]: (body: Buffer) => Values[K] } = {
  uint8: (body) => new Uint8Array(body),
  int32: (body) => Int32Array.from({ length: body.length / 4 }, (_, index) => body.readInt32BE(4 * index)),
};
const names: { [code: number]: string } = { 8: 'uint8', 9: 'int8', 11: 'int16', 12: 'int32', 13: 'float32', 14: 'float64' };
const limitOfAll = 2 ** 28; // five times the largest file of the MNIST family

export function readIdx<K extends IdxType>(path: string, { type, shape, sha256, limit = limitOfAll, remedy }: IdxExpectation<K>): Idx<K> {
  const fail = (offset: number, expected: string, found: string): never => {
    throw new Error(`${path}: at byte ${offset} expected ${expected}, found ${found}; ${remedy}`);
  };
  const bytes = contents(path, limit, remedy);

  const headerSize = 4 + 4 * shape.length;
  if (bytes.length < 4) fail(bytes.length, 'the 4 bytes an IDX file begins with', 'the end of the file');
  if (bytes[0] !== 0 || bytes[1] !== 0) fail(0, 'the two zero bytes an IDX file begins with', hex(bytes.subarray(0, 2)));
  if (bytes[2] !== codes[type])
    fail(2, `type ${hex([codes[type]])} (${type})`, `${hex([bytes[2]!])} (${names[bytes[2]!] ?? 'no type of IDX'})`);
  if (bytes[3] !== shape.length) fail(3, `${shape.length} axes`, `${bytes[3]}`);
  if (bytes.length < headerSize) fail(bytes.length, `a header of ${headerSize} bytes`, 'the end of the file');

  const found = shape.map((_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  shape.forEach((size, axis) => {
    if (size !== undefined && found[axis] !== size) fail(4 + 4 * axis, `size ${size} of axis ${axis}`, `${found[axis]}`);
  });
  const count = found.reduce((product, size) => product * size, 1); // a double: no overflow that could go unseen
  const valueSize = type === 'uint8' ? 1 : 4;
  const total = headerSize + count * valueSize;
  if (bytes.length < total) fail(bytes.length, `${total} bytes in all for the shape ${found.join(' x ')}`, 'the end of the file');
  if (bytes.length > total) fail(total, 'the end of the file', `${bytes.length - total} more bytes`);
  if (sha256) {
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== sha256) throw new Error(`${path}: expected sha256 ${sha256} (decompressed), found ${digest}; ${remedy}`);
  }

  return { shape: found, values: valuesIn[type](bytes.subarray(headerSize)) };
}

function contents(path: string, limit: number, remedy: string): Buffer {
  const packed = read(path, limit, remedy);
  if (!path.endsWith('.gz')) return packed;
  try {
    // `info` also hands back the engine, which knows where the compressed stream ended
    const { buffer, engine } = gunzipSync(packed, { maxOutputLength: limit, info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (engine.bytesWritten === packed.length) return buffer;
    throw new Error(
      `at compressed byte ${engine.bytesWritten} expected the end of the file, found ${packed.length - engine.bytesWritten} more bytes`,
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR')
      throw bad(path, `at compressed byte ${packed.length} expected more gzip data, found the end of the file`, remedy);
    if (code === 'ERR_BUFFER_TOO_LARGE') throw bad(path, `expected at most ${limit} bytes after decompression, found more`, remedy);
    if (code === 'Z_DATA_ERROR') throw bad(path, `expected gzip data in its ${packed.length} bytes, found: ${message}`, remedy);
    throw bad(path, message, remedy);
  }
}

function read(path: string, limit: number, remedy: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    if (size > limit) throw new Error(`expected a file of at most ${limit} bytes, found ${size}`); // before any of it is read
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw bad(path, 'no such file', remedy);
    if (code === 'EISDIR') throw bad(path, 'expected a file, found a folder', remedy);
    throw bad(path, message, remedy);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const bad = (path: string, message: string, remedy: string): Error => new Error(`${path}: ${message}; ${remedy}`);
const hex = (bytes: Iterable<number>): string => Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(' ');
