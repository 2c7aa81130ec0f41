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
import { DamagedFileError } from './damagedFile';
import type { Json } from './json';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors';
import { readWhole, writeWhole } from './wholeFolder';

/** Finite numbers; others are an error, since JSON has none. */
export type CheckpointMetadata = { readonly [name: string]: Json };

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

type Header = { readonly leaves: number; readonly metadata: CheckpointMetadata };

function encodeHeader({ leaves, metadata }: Header): string {
  const finite = (name: string, value: unknown): unknown => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new Error(`saveCheckpoint: expected ${name} to be finite, got ${value}`);
    return value;
  };
  return `${JSON.stringify({ format: 1, leaves, metadata }, finite, 2)}\n`;
}

/** Reads checkpoint.json; `path` is for messages. */
export function decodeHeader(bytes: Uint8Array, path: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new DamagedFileError(path, 'expected JSON', (error as Error).message);
  }
  const { format, leaves, metadata } = (header ?? {}) as { [name: string]: unknown };
  if (format !== 1) throw new DamagedFileError(path, 'expected format 1', JSON.stringify(format) ?? 'none', 'use a newer Fovea');
  if (!Number.isSafeInteger(leaves) || (leaves as number) < 0)
    throw new DamagedFileError(path, 'expected leaves to be a whole number', JSON.stringify(leaves) ?? 'none');
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw new DamagedFileError(path, 'expected metadata to be a record', JSON.stringify(metadata) ?? 'none');
  return { leaves: leaves as number, metadata: metadata as CheckpointMetadata };
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
