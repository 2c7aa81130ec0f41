import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../lib/native/safetensors';

/** A file with the given header and body, as another program might write it. */
function file(header: unknown, body: number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}
const decode = (bytes: Uint8Array): unknown => decodeSafetensors(bytes, 'm.safetensors');

describe('encodeSafetensors', () => {
  it('writes the bytes that the format prescribes', () => {
    const bytes = encodeSafetensors({ a: { dtype: 'F32', shape: [2], values: Float32Array.of(1, -2) } });
    const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'; // 54 letters, and 2 spaces up to a multiple of 8
    expect(Buffer.from(bytes).toString('hex')).toBe(`3800000000000000${Buffer.from(header).toString('hex')}20200000803f000000c0`);
  });

  it('refuses values that do not fill the shape', () => {
    const tensor = { dtype: 'F32', shape: [2, 3], values: new Float32Array(5) } as const;
    expect(() => encodeSafetensors({ a: tensor })).toThrow('encodeSafetensors: a of shape [2,3] must have 6 values, got 5');
  });
});

describe('decodeSafetensors', () => {
  it('reads back what was written, of every type, scalars and empty tensors too', () => {
    const tensors = {
      w: { dtype: 'F32', shape: [1, 3], values: Float32Array.of(0.1, Number.NaN, Infinity) },
      step: { dtype: 'I32', shape: [], values: Int32Array.of(-7) },
      d: { dtype: 'F64', shape: [1], values: Float64Array.of(0.1) },
      n: { dtype: 'I64', shape: [1], values: BigInt64Array.of(-5n) },
      mask: { dtype: 'U8', shape: [3], values: Uint8Array.of(0, 1, 255) },
      none: { dtype: 'F32', shape: [0, 4], values: new Float32Array(0) },
    } as const;
    expect({ ...decodeSafetensors(encodeSafetensors(tensors, { made: 'by hand' }), 'm') }).toEqual(tensors);
  });

  const whole = encodeSafetensors({ a: { dtype: 'F32', shape: [2], values: Float32Array.of(1, 2) } });
  it.each([0, 1, 7, 8, 20, 63, 64, 71])('refuses a file that ends after %i bytes', (length) => {
    expect(() => decode(whole.subarray(0, length))).toThrow(
      new RegExp(`^m\\.safetensors: at byte ${length} expected .*, found the end of the file; `),
    );
  });

  it.each([
    ['bytes after the last value', () => Uint8Array.from([...whole, 0, 0]), /at byte 72 expected the end of the file, found 2 more bytes/],
    [
      'a header of more than 100 MB',
      () => Uint8Array.of(1, 225, 245, 5, 0, 0, 0, 0),
      /at byte 0 expected a header of at most 100000000 bytes, found 100000001/,
    ],
    ['a header that is not JSON', () => file('{"a":'), /at byte 8 expected a header in JSON/],
    ['a header that is not UTF-8', () => Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), /at byte 8 expected a header in JSON/],
    ['a header that is a list', () => file([]), /expected a header that is a JSON object/],
    [
      'an unknown type',
      () => file({ a: { dtype: 'Q7', shape: [], data_offsets: [0, 0] } }),
      /expected a type of a among F32, .*, found "Q7"/,
    ],
    [
      'a negative size',
      () => file({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 0] } }),
      /expected a shape of a in whole numbers, found \[-1\]/,
    ],
    [
      'a size that overflows',
      () => file({ a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, [0, 0, 0, 0]),
      /expected 4\.8.*e\+24 bytes for a/,
    ],
    [
      'offsets that do not fit the shape',
      () => file({ a: { dtype: 'U8', shape: [3], data_offsets: [0, 2] } }, [1, 2]),
      /expected 3 bytes for a, U8 \[3\], found offsets 0 to 2/,
    ],
    ['a type that is no text', () => file({ a: { dtype: { toString: 1 }, shape: [], data_offsets: [0, 0] } }), /found \{"toString":1\}/],
    ['a header that does not begin at once', () => file(' {}'), /expected a header that is a JSON object/],
    ['metadata that is not text', () => file({ __metadata__: { a: 1 } }), /expected __metadata__ to be a record of texts, found \{"a":1\}/],
    ['an entry that is null', () => file({ a: null }), /expected a type of a/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decode(bytes())).toThrow(message);
  });

  it('refuses a gap and an overlap between two tensors', () => {
    const two = (begin: number): Uint8Array =>
      file(
        { a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] }, b: { dtype: 'U8', shape: [2], data_offsets: [begin, begin + 2] } },
        [1, 2, 3, 4, 5],
      );
    expect(() => decode(two(3))).toThrow(/expected the values of b \(no gap, no overlap\)/);
    expect(() => decode(two(1))).toThrow(/expected the values of b \(no gap, no overlap\)/);
  });

  it('keeps a tensor named __proto__ a tensor', () => {
    const found = decodeSafetensors(file('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [9]), 'm');
    expect(Object.keys(found)).toEqual(['__proto__']);
  });
});
