import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint, readMetadata, saveCheckpoint } from '../../lib/native/checkpoint';
import { entries } from '../../lib/tensor/tree';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tree = () => ({
  head: { weight: tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), bias: undefined },
  blocks: [{ running: { mean: tf.tensor1d([0.1]) } }],
  step: tf.scalar(7, 'int32'),
});

describe('a checkpoint', () => {
  it('gives back the same tree: paths, shapes, types and bits', async () => {
    const saved = tree();
    await saveCheckpoint(join(folder, 'checkpoints', '7'), saved, { epoch: 3 });
    const loaded = await loadCheckpoint(join(folder, 'checkpoints', '7'), saved);
    const plain = (of: typeof saved): unknown => entries(of).map(([path, leaf]) => [path, leaf.dtype, leaf.shape, leaf.dataSync()]);
    expect(plain(loaded)).toEqual(plain(saved));
    expect(loaded.head.bias).toBeUndefined();
    expect(readMetadata(join(folder, 'checkpoints', '7'))).toEqual({ epoch: 3 });
  });

  it('writes the same bytes twice and leaves nothing beside the folder', async () => {
    await saveCheckpoint(join(folder, 'a'), tree());
    await saveCheckpoint(join(folder, 'b'), tree());
    const file = 'tensors.safetensors';
    expect(readFileSync(join(folder, 'a', file)).equals(readFileSync(join(folder, 'b', file)))).toBe(true);
    expect(readdirSync(folder)).toEqual(['a', 'b']);
    expect(readdirSync(join(folder, 'a'))).toEqual(['COMPLETE', 'checkpoint.json', file]);
  });

  it('is never overwritten when complete, and replaced when it is not', async () => {
    await saveCheckpoint(folder, tree());
    await expect(saveCheckpoint(folder, tree())).rejects.toThrow(/already holds a checkpoint; choose another folder/);
    rmSync(join(folder, 'COMPLETE'));
    await saveCheckpoint(folder, tree());
    expect(existsSync(join(folder, 'COMPLETE'))).toBe(true);
  });

  it('is refused without its mark, damaged, or absent', async () => {
    const like = tree();
    await saveCheckpoint(join(folder, 'a'), like);
    const file = join(folder, 'a', 'tensors.safetensors');
    const bytes = readFileSync(file);
    truncateSync(file, bytes.length - 1);
    await expect(loadCheckpoint(join(folder, 'a'), like)).rejects.toThrow(
      /tensors\.safetensors: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}; use another copy/,
    );
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    await expect(loadCheckpoint(join(folder, 'a'), like)).rejects.toThrow(/expected sha256/);
    rmSync(join(folder, 'a', 'COMPLETE'));
    await expect(loadCheckpoint(join(folder, 'a'), like)).rejects.toThrow(
      /found none: it has no COMPLETE, so it was never finished; use an earlier one/,
    );
    await expect(loadCheckpoint(join(folder, 'b'), like)).rejects.toThrow(/found none: it does not exist/);
  });

  it('is refused for a tree of another structure, shape or type', async () => {
    await saveCheckpoint(join(folder, 'a'), { w: tf.zeros([2, 3]) });
    const load = (like: Parameters<typeof loadCheckpoint>[1]): Promise<unknown> => loadCheckpoint(join(folder, 'a'), like);
    await expect(load({ v: tf.zeros([2, 3]) })).rejects.toThrow(/expected a tensor v, found none/);
    await expect(load({})).rejects.toThrow(/expected 0 tensors, found w beside them/);
    await expect(load({ w: tf.zeros([3, 2]) })).rejects.toThrow(/expected w to be F32 \[3,2\], found F32 \[2,3\]/);
    await expect(load({ w: tf.zeros([2, 3], 'int32') })).rejects.toThrow(/expected w to be I32 \[2,3\], found F32 \[2,3\]/);
  });

  it('says where it could not be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(saveCheckpoint(join(folder, 'file', 'a'), tree())).rejects.toThrow(/file.a: cannot be written, /);
    await expect(saveCheckpoint(join(folder, 'b'), { flag: tf.scalar(true, 'bool') })).rejects.toThrow(
      'checkpoint: flag must be float32 or int32, got bool',
    );
  });
});
