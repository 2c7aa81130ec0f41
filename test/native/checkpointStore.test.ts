import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveCheckpoint } from '../../lib/native/checkpoint';
import { checkpointStore } from '../../lib/native/checkpointStore';
import { DamagedFileError } from '../../lib/native/damagedFile';
import type { TrainingProgress } from '../../lib/train/checkpoints';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tensors = (value: number) => ({ weight: tf.tensor1d([value, -value]), gone: undefined });
const at = (step: number): TrainingProgress => ({
  settings: { epochs: 3, seed: 0, stepsPerEpoch: 4, schedule: { kind: 'multistep', milestones: [3, 5] } },
  epoch: 2,
  batch: 1,
  step,
  sums: { loss: 0.1 + 0.2, right: 3, images: 8, rate: 1e-21 },
  best: { epoch: 0, loss: Number.POSITIVE_INFINITY },
  plateau: { rate: 0.05, best: null, bad: 0, cooldown: 0 },
  history: [{ epoch: 1, step: 4, rate: 0.1, loss: 0.7, accuracy: 0.5, validationLoss: Number.NaN, validationAccuracy: 0.25 }],
});

describe('checkpointStore', () => {
  it('gives back what was saved last, numbers that JSON does not have too', async () => {
    const store = checkpointStore(join(folder, 'not', 'yet', 'there'));
    expect(store.latest()).toBeUndefined();
    await store.save(tensors(1), at(5));
    await store.save(tensors(2), at(10)); // 10 comes after 5, though not by the alphabet
    const found = store.latest()!;
    expect(found.progress).toEqual(at(10));
    const loaded = await found.load(tensors(0));
    expect([...loaded.weight.dataSync()]).toEqual([2, -2]);
    expect(Object.keys(loaded)).toEqual(['weight', 'gone']);
  });

  it('keeps the newest whole ones, and never counts one that is not', async () => {
    const store = checkpointStore(folder, { keep: 1 });
    await store.save(tensors(1), at(5));
    mkdirSync(join(folder, '90')); // of a copy that was cut short
    await store.save(tensors(2), at(6));
    expect(readdirSync(folder)).toEqual(['6']);
    expect(store.latest()?.progress.step).toBe(6);
  });

  it('clears away what a killed process left, and nothing of a living one', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    mkdirSync(join(folder, `.4.${pid}.tmp`));
    mkdirSync(join(folder, `.4.${process.ppid}.tmp`));
    writeFileSync(join(folder, 'notes.txt'), 'of the user');
    await checkpointStore(folder).save(tensors(1), at(5));
    expect(readdirSync(folder).sort()).toEqual([`.4.${process.ppid}.tmp`, '5', 'notes.txt'].sort());
  });

  it('refuses a checkpoint that is not of a training', async () => {
    await saveCheckpoint(join(folder, '7'), tensors(1), { progress: { ...at(7), batch: -1, best: 3, history: [] } as never });
    const look = (): unknown => checkpointStore(folder).latest();
    expect(look).toThrow(DamagedFileError);
    expect(look).toThrow(
      /7.checkpoint\.json: expected the progress of a training, found batch: .*; best: .*; it is a checkpoint of something else/,
    );
  });

  it('refuses to keep none', () => {
    expect(() => checkpointStore(folder, { keep: 0 })).toThrow('checkpointStore: expected keep to be a whole number from 1, got 0');
  });
});
