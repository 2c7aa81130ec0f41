/** Seeded damage to a file: what a disk, a broken copy or a foreign program may leave. */
import { stream } from '../../lib/tensor/random';

/** Text that a parser is easily wrong about, put in place of a piece of the file. */
const PIECES = [
  '-1',
  '1e99',
  '0.5',
  'null',
  '[]',
  '{}',
  '{"toString":1}',
  '"',
  '\\',
  ',',
  '9007199254740993',
  '[[[[[[[[',
  '\u0000',
  '__proto__',
];

/** The n-th mutation of a seed; never the same bytes. */
export function mutation(bytes: Uint8Array, seed: number, index: number): Uint8Array {
  const next = stream(seed, `mutation ${index}`);
  const below = (limit: number): number => Math.floor(next() * limit);
  const insert = (at: number, drop: number, piece: Uint8Array): Uint8Array =>
    Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at + drop)]);
  const at = below(bytes.length);
  const length = 1 + below(12);
  const changed = [
    () => insert(at, 1, Uint8Array.of(bytes[at]! ^ (1 << below(8)))),
    () => bytes.subarray(0, at),
    () => insert(at, length, new Uint8Array(0)),
    () =>
      insert(
        at,
        0,
        Uint8Array.from({ length }, () => below(256)),
      ),
    () => insert(at, 0, bytes.subarray(at, at + length)),
    () => insert(at, length, bytes.subarray(below(bytes.length), below(bytes.length))),
    () => insert(at, below(6), new TextEncoder().encode(PIECES[below(PIECES.length)])),
    () => insert(below(8), 1, Uint8Array.of(below(256))), // the length of the header
  ][below(8)]!();
  return Buffer.from(changed).equals(bytes) ? insert(bytes.length, 0, Uint8Array.of(0)) : changed;
}
