/** checkpoint.json, which lies beside the tensors: format 1, how many leaves, and what the writer wants to know again. */
import { DamagedFileError } from './damagedFile';
import type { Json } from './json';

/** Finite numbers; others are an error, since JSON has none. */
export type CheckpointMetadata = { readonly [name: string]: Json };

export type CheckpointHeader = { readonly leaves: number; readonly metadata: CheckpointMetadata };

export function encodeHeader({ leaves, metadata }: CheckpointHeader): string {
  const finite = (name: string, value: unknown): unknown => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new Error(`saveCheckpoint: expected ${name} to be finite, got ${value}`);
    return value;
  };
  return `${JSON.stringify({ format: 1, leaves, metadata }, finite, 2)}\n`;
}

/** Reads checkpoint.json; `path` is for messages. */
export function decodeHeader(bytes: Uint8Array, path: string): CheckpointHeader {
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
