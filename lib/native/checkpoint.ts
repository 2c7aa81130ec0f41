/**
 * Checkpoints: a tree of tensors as a folder that is whole or not there (wholeFolder.ts).
 *
 *   tensors.safetensors   the leaves, by their path in the tree
 *   checkpoint.json       { format, leaves, metadata }
 *   COMPLETE              sha256 of the two files, written last
 */
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { entries, map, type Tree } from '../tensor/tree';
import { type CheckpointMetadata, decodeHeader, encodeHeader } from './checkpointHeader';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors';
import { readWhole, writeWhole } from './wholeFolder';

export type { CheckpointMetadata } from './checkpointHeader';

const files = ['tensors.safetensors', 'checkpoint.json'] as const;

/** Writes a new folder; a complete one of that name is never overwritten, an incomplete one is replaced. */
export async function saveCheckpoint(folder: string, tree: Tree, metadata: CheckpointMetadata = {}): Promise<void> {
  const stored: { [path: string]: StoredTensor } = {};
  for (const [path, leaf] of entries(tree)) stored[path] = await toStored(path, leaf);
  writeWhole(folder, {
    [files[0]]: encodeSafetensors(stored),
    [files[1]]: encodeHeader({ leaves: Object.keys(stored).length, metadata }),
  });
}

/** The saved tree: it must have the paths, shapes and types of `like`, no more and no less. */
export async function loadCheckpoint<T extends Tree>(folder: string, like: T): Promise<T> {
  const path = join(folder, files[0]);
  const stored = decodeSafetensors(readWhole(folder, files)[files[0]], path);
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
  return decodeHeader(readWhole(folder, files)[files[1]], join(folder, files[1])).metadata;
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
