/**
 * Safetensors (github.com/huggingface/safetensors), the whole of the format: a file is
 *
 *   8 bytes: length of the header, uint64 little-endian   the header, JSON: name -> { dtype, shape, data_offsets }   the values
 *
 * Reading is strict, as the original is: header of at most 100 MB that begins with {, known types, sizes that fit, offsets without gap or
 * overlap in the order of the file, nothing after the last value. Numbers are little-endian, as on every machine of Node's.
 */
import { DamagedFileError } from './damagedFile';

export type StoredType = keyof Arrays;
export type StoredTensor<K extends StoredType = StoredType> = {
  readonly [T in K]: { readonly dtype: T; readonly shape: readonly number[]; readonly values: Arrays[T] };
}[K];
export type StoredTensors = { readonly [name: string]: StoredTensor };

type Arrays = { F32: Float32Array; F64: Float64Array; I32: Int32Array; I64: BigInt64Array; U8: Uint8Array; BOOL: Uint8Array };
type Entry = { dtype: StoredType; shape: readonly number[]; data_offsets: readonly [number, number] };

const arrays: { readonly [K in StoredType]: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): Arrays[K] } } = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};
const mostHeader = 100_000_000;

export function encodeSafetensors(tensors: StoredTensors, metadata: { readonly [name: string]: string } = {}): Uint8Array {
  const header: { [name: string]: object } = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  // the widest types first, then by name, as the original writes them: every tensor lies aligned
  const width = (dtype: StoredType): number => arrays[dtype].BYTES_PER_ELEMENT;
  const order = Object.entries(tensors).sort(([a, left], [b, right]) => width(right.dtype) - width(left.dtype) || (a < b ? -1 : 1));
  let end = 0;
  for (const [name, { dtype, shape, values }] of order) {
    if (name === '__metadata__') throw new Error('encodeSafetensors: a tensor cannot be named __metadata__, the format keeps that name');
    const count = shape.reduce((product, size) => product * size, 1);
    if (values.length !== count)
      throw new Error(`encodeSafetensors: ${name} of shape [${shape}] must have ${count} values, got ${values.length}`);
    header[name] = { dtype, shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded); // spaces, so that the values begin aligned
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  let at = 8 + padded;
  for (const [, { values }] of order) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** `path` is for messages. */
export function decodeSafetensors(bytes: Uint8Array, path: string): StoredTensors {
  const fail = failure(path);
  if (bytes.length < 8) fail(bytes.length, 'the 8 bytes of the header length', 'the end of the file');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > mostHeader) fail(0, `a header of at most ${mostHeader} bytes`, `${length}`);
  if (8 + length > bytes.length) fail(bytes.length, `a header of ${length} bytes`, 'the end of the file');
  const header = parse(bytes.subarray(8, 8 + length), fail);

  const start = 8 + length;
  let end = 0;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const sorted = entries.map(([name, value]) => [name, checkedEntry(name, value, fail)] as const);
  sorted.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  const tensors: { [name: string]: StoredTensor } = Object.create(null); // a name may be __proto__
  for (const [name, { dtype, shape, data_offsets: offsets }] of sorted) {
    if (offsets[0] !== end) fail(start + end, `the values of ${name} (no gap, no overlap)`, `offset ${start + offsets[0]} in the header`);
    end = offsets[1];
    if (start + end > bytes.length) fail(bytes.length, `values of ${name} up to byte ${start + end}`, 'the end of the file');
    tensors[name] = {
      dtype,
      shape,
      values: new arrays[dtype](new Uint8Array(bytes.subarray(start + offsets[0], start + end)).buffer),
    } as StoredTensor;
  }
  if (start + end !== bytes.length) fail(start + end, 'the end of the file', `${bytes.length - start - end} more bytes`);
  return tensors;
}

type Fail = (offset: number, expected: string, found: string) => never;
const failure =
  (path: string): Fail =>
  (offset, expected, found) => {
    throw new DamagedFileError(path, `at byte ${offset} expected ${expected}`, found);
  };
/** What was found instead, shortened: a damaged header may hold anything. */
const said = (value: unknown): string => (JSON.stringify(value) ?? 'none').slice(0, 100);

function parse(bytes: Uint8Array, fail: Fail): { [name: string]: unknown } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(8, 'a header in JSON', (error as Error).message);
  }
  if (bytes[0] !== 0x7b) return fail(8, 'a header that is a JSON object', said(header));
  const { __metadata__: metadata = {} } = header as { __metadata__?: unknown };
  const isText = typeof metadata === 'object' && metadata !== null && Object.values(metadata).every((value) => typeof value === 'string');
  if (!isText || Array.isArray(metadata)) fail(8, '__metadata__ to be a record of texts', said(metadata));
  return header as { [name: string]: unknown };
}

function checkedEntry(name: string, value: unknown, fail: Fail): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as { [field: string]: unknown };
  if (typeof dtype !== 'string' || !Object.hasOwn(arrays, dtype))
    fail(8, `a type of ${name} among ${Object.keys(arrays).join(', ')}`, said(dtype));
  if (!isSizes(shape)) return fail(8, `a shape of ${name} in whole numbers`, said(shape));
  if (!isSizes(offsets) || offsets.length !== 2) return fail(8, `two offsets of ${name} in whole numbers`, said(offsets));
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, side) => product * side, arrays[dtype as StoredType].BYTES_PER_ELEMENT);
  if (end - begin !== size) fail(8, `${size} bytes for ${name}, ${dtype} [${shape}]`, `offsets ${begin} to ${end}`);
  return { dtype: dtype as StoredType, shape, data_offsets: [begin, end] };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
