/**
 * Numbers that PyTorch and timm computed, and how ours are compared with them (pytorch/README.md). `FOVEA_REFERENCE` names
 * another folder of the same layout; a test that goes over all entries must pass on that one too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect } from 'vitest';
import { decodeSafetensors, type StoredTensors } from '../../lib/native/safetensors';

export type Given = { readonly [name: string]: unknown };
/** A row of index.json. */
export type Entry = {
  readonly name: string;
  readonly file: string;
  readonly cls: string;
  readonly layout: string;
  readonly options: Given;
  readonly hyper?: { readonly [part: string]: Given };
  readonly modes: readonly ('eval' | 'train')[];
  readonly maps: { readonly [name: string]: Given };
  readonly params: number;
  readonly tol: { readonly [kind: string]: number };
  readonly note?: string;
};
export type Kind = 'layers' | 'losses' | 'optim' | 'models' | 'modules';
export type Fixture = <R extends tf.Rank>(name: string) => tf.Tensor<R>;

const copy = 'test/reference/pytorch';
export const reference: string = process.env['FOVEA_REFERENCE'] ?? copy;
const readJson = <T>(folder: string, name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
const entriesIn = (folder: string): Entry[] => readJson<{ entries: Entry[] }>(folder, 'index.json').entries;
const stored = (folder: string, file: string): StoredTensors => decodeSafetensors(readFileSync(join(folder, file)), join(folder, file));

/** All entries of a kind in the folder of reference. */
export const entriesOf = (kind: Kind): Entry[] => entriesIn(reference).filter(({ file }) => file.startsWith(`${kind}/`));
/** The plain numbers of an entry. */
export const numbersOf = ({ file }: Entry): StoredTensors => stored(reference, file);
/** The tensors of an entry, by key; masks become int32. */
export const tensorsOf = (entry: Entry): { [key: string]: tf.Tensor } =>
  Object.fromEntries(
    Object.entries(numbersOf(entry)).map(([key, { dtype, shape, values }]) => [
      key,
      tf.tensor(Array.from(values as ArrayLike<number | bigint>, Number), [...shape], dtype === 'F32' ? 'float32' : 'int32'),
    ]),
  );
export type ScheduleEntry = {
  readonly name: string;
  readonly source: string;
  readonly cls: string;
  readonly base_lr: number;
  readonly options: Given;
  readonly lr: readonly number[];
};
export const schedules = (): ScheduleEntry[] => readJson(reference, 'schedules.json');

/** One entry of the copy beside the tests, whatever folder is named: for a test written for that entry. */
export function fixture(name: string): Fixture {
  const entry = entriesIn(copy).find((entry) => entry.name === name);
  if (!entry) throw new Error(`${copy}: expected an entry named ${name}, got none`);
  const found = stored(copy, entry.file);
  return <R extends tf.Rank>(key: string) => {
    const one = found[key];
    if (!one) throw new Error(`${entry.file}: expected ${key}, got ${Object.keys(found).join(', ')}`);
    return tf.tensor<R>(Float32Array.from(one.values as ArrayLike<number>), [...one.shape] as tf.ShapeMap[R]);
  };
}

/** PyTorch's names turned to ours; names that only choose an implementation are dropped, unknown ones refused. */
export function renamed(who: string, options: Given, names: { readonly [theirs: string]: string }, ignored: readonly string[]): Given {
  const ours = Object.entries(options).flatMap(([name, value]) => {
    if (ignored.includes(name)) return [];
    if (!Object.hasOwn(names, name)) throw new RangeError(`${who}: expected arguments among ${Object.keys(names).join(', ')}, got ${name}`);
    return [[names[name]!, value] as const];
  });
  return Object.fromEntries(ours);
}

/** Images from PyTorch's order of axes to ours. */
export const nhwc = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
/** Convolution weights (out, in, height, width) to (height, width, in, out). */
export const hwio = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x as tf.Tensor4D, [2, 3, 1, 0]);
/** Linear weights (out, in) to (in, out); a 1 x 1 convolution is one too. */
export const inOut = (x: tf.Tensor): tf.Tensor2D => tf.transpose(tf.reshape(x, [x.shape[0]!, -1])) as tf.Tensor2D;

/** max |ours - theirs| / max(1, max |theirs|); NaN where one of ours is, which no bound admits. */
export function errorOf(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  expect(ours.length).toBe(theirs.length);
  const wanted = Array.from(theirs);
  const size = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return wanted.reduce((worst, value, index) => Math.max(worst, Math.abs(ours[index]! - value) / size), 0);
}

/** Counts what a file of tests compares, and prints it in one line when all is done. */
export function tally(what: string): (name: string, compared: number, error: number) => void {
  let [entries, tensors, worst, where] = [0, 0, 0, ''];
  afterAll(() => console.info(`${what}: ${entries} entries, ${tensors} compared, worst error ${worst.toExponential(1)} (${where})`));
  return (name, compared, error) => {
    entries += 1;
    tensors += compared;
    if (!(error <= worst)) [worst, where] = [error, name];
  };
}

/** Fails unless shapes are equal and the error is at most `tolerance`. */
export function agree(ours: tf.Tensor, theirs: tf.Tensor, tolerance: number): void {
  expect(ours.shape).toEqual(theirs.shape);
  expect(errorOf(ours.dataSync(), theirs.dataSync())).toBeLessThanOrEqual(tolerance);
}
export const OUTPUT = 2e-5;
export const GRADIENT = 1e-4;
