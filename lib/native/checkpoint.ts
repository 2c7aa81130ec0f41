/**
 * Checkpoints: a tree of tensors as a folder that is whole or not there.
 *
 *   tensors.safetensors   the leaves, by their path in the tree
 *   checkpoint.json       { format, leaves, metadata }
 *   COMPLETE              sha256 of the two files, written last
 *
 * The folder is filled under another name and renamed when all is on the disk; COMPLETE is for copies, which are not atomic.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { entries, map, type Tree } from '../tensor/tree';
import { cannotWrite, discard, syncFolder, writeSynced } from './atomic';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors';

export type CheckpointMetadata = { readonly [name: string]: string | number | boolean | null };

const files = ['tensors.safetensors', 'checkpoint.json'] as const;
const marker = 'COMPLETE';

/** Writes a new folder; a complete one of that name is never overwritten, an incomplete one is replaced. */
export async function saveCheckpoint(folder: string, tree: Tree, metadata: CheckpointMetadata = {}): Promise<void> {
  if (existsSync(join(folder, marker))) throw new Error(`saveCheckpoint: ${folder} already holds a checkpoint; choose another folder`);
  const stored: { [path: string]: StoredTensor } = {};
  for (const [path, leaf] of entries(tree)) stored[path] = await toStored(path, leaf);

  const filling = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  try {
    mkdirSync(dirname(folder), { recursive: true });
    rmSync(filling, { recursive: true, force: true });
    mkdirSync(filling);
    const contents = [
      encodeSafetensors(stored),
      `${JSON.stringify({ format: 1, leaves: Object.keys(stored).length, metadata }, null, 2)}\n`,
    ];
    files.forEach((name, index) => {
      writeSynced(join(filling, name), contents[index]!);
    });
    writeSynced(join(filling, marker), files.map((name, index) => `${sha256(contents[index]!)}  ${name}\n`).join(''));
    syncFolder(filling);
    rmSync(folder, { recursive: true, force: true });
    renameSync(filling, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    discard(filling);
    throw cannotWrite(folder, error);
  }
}

/** The saved tree: it must have the paths, shapes and types of `like`, no more and no less. */
export async function loadCheckpoint<T extends Tree>(folder: string, like: T): Promise<T> {
  const path = join(folder, files[0]);
  const stored = decodeSafetensors(verified(folder), path);
  const expected = entries(like);
  const missing = expected.find(([name]) => !stored[name]);
  if (missing) throw new Error(`${path}: expected a tensor ${missing[0]}, found none; it is a checkpoint of another model`);
  const names = new Set(expected.map(([name]) => name));
  const extra = Object.keys(stored).find((name) => !names.has(name));
  if (extra !== undefined)
    throw new Error(`${path}: expected ${names.size} tensors, found ${extra} beside them; it is a checkpoint of another model`);
  for (const [name, leaf] of expected) {
    const { dtype, shape } = stored[name]!;
    const [wanted, found] = [`${typeOf(name, leaf)} [${leaf.shape}]`, `${dtype} [${shape}]`];
    if (wanted !== found) throw new Error(`${path}: expected ${name} to be ${wanted}, found ${found}; it is a checkpoint of another model`);
  }
  return map(like, (leaf, name) => tf.tensor(stored[name]!.values as Float32Array | Int32Array, leaf.shape, leaf.dtype));
}

/** What was given to saveCheckpoint beside the tree. */
export function readMetadata(folder: string): CheckpointMetadata {
  verified(folder);
  return (JSON.parse(readFileSync(join(folder, files[1]), 'utf8')) as { metadata: CheckpointMetadata }).metadata;
}

/** The bytes of the tensors, after the files were found to be those that were written. */
function verified(folder: string): Buffer {
  if (!existsSync(join(folder, marker))) {
    const why = existsSync(folder) ? `has no ${marker}: it was never finished` : 'does not exist';
    throw new Error(`${folder}: expected a checkpoint, but the folder ${why}; use an earlier one`);
  }
  const sums = new Map(
    readFileSync(join(folder, marker), 'utf8')
      .split('\n')
      .map((line) => line.split('  ').reverse() as [string, string]),
  );
  const [tensors] = files.map((name) => {
    const path = join(folder, name);
    if (!existsSync(path)) throw new Error(`${path}: no such file, though ${marker} names it; use another copy of the checkpoint`);
    const bytes = readFileSync(path);
    const [expected, found] = [sums.get(name), sha256(bytes)];
    if (expected !== found)
      throw new Error(`${path}: expected sha256 ${expected ?? `(none in ${marker})`}, found ${found}; use another copy of the checkpoint`);
    return bytes;
  });
  return tensors!;
}

async function toStored(path: string, leaf: Tensor): Promise<StoredTensor> {
  const values = await leaf.data();
  return { dtype: typeOf(path, leaf), shape: leaf.shape, values } as StoredTensor;
}

function typeOf(path: string, { dtype }: Tensor): 'F32' | 'I32' {
  if (dtype === 'float32') return 'F32';
  if (dtype === 'int32') return 'I32';
  throw new Error(`checkpoint: ${path} must be float32 or int32, got ${dtype}`);
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
