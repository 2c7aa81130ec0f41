/** 10 steps, saved, loaded, and 10 more are the bytes of 20 steps: weights, moments, averages, best weights and all numbers. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointStore } from '../../lib/native/checkpointStore';
import { compile } from '../../lib/native/compile';
import { useCompiler } from '../../lib/tensor/compiler';
import { dispose } from '../../lib/tensor/tree';
import type { TrainSettings } from '../../lib/train/settings';
import { bits, trainedSmall } from './small';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = (name: string): string => join(folder, name);
/** By hash: a difference should not fill the screen. */
const bytes = (name: string, step: number): string[] =>
  ['tensors.safetensors', 'checkpoint.json'].map((file) =>
    createHash('sha256')
      .update(readFileSync(join(place(name), `${step}`, file)))
      .digest('hex'),
  );
const every = (name: string, steps: number, keep = 9) => ({ checkpoints: { store: checkpointStore(place(name), { keep }), every: steps } });

/** Ends the training as a crash would, in the step named. */
const crash = (at: number) => ({
  onStep: (step: number): void => {
    if (step === at) throw new Error('power cut');
  },
});

const all: TrainSettings = {
  epochs: 5, // of 4 steps: step 10 is in the middle of the third
  rate: 0.02,
  schedule: { kind: 'cosine', warmup: 3 },
  plateau: { patience: 0, factor: 0.5, threshold: 0.5 },
  clip: { kind: 'norm', maxNorm: 0.5 },
  average: { decay: 0.9, warmup: true },
  l2: 1e-3,
  patience: 4,
};

async function bothWays(settings: TrainSettings): Promise<void> {
  const whole = await trainedSmall({ ...settings, ...every('whole', 10) });
  await expect(trainedSmall({ ...settings, ...every('parts', 10), ...crash(13) })).rejects.toThrow('power cut');
  expect(readdirSync(place('parts'))).toEqual(['10']);
  const steps: number[] = [];
  const parts = await trainedSmall({ ...settings, ...every('parts', 10), onStep: (step) => steps.push(step) });
  expect(steps).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  expect({ ...parts, params: 0 }).toEqual({ ...whole, params: 0 });
  expect(bytes('parts', 20)).toEqual(bytes('whole', 20));
  expect(bytes('parts', 20)).not.toEqual(bytes('parts', 10));
  dispose([whole.params, parts.params]);
}

describe('a training that goes on from a checkpoint', () => {
  it.each(['adagrad', 'adam', 'adamW', 'lamb', 'lion', 'nadam', 'rmsProp', 'sgd'] as const)('is the same bytes with %s', async (kind) => {
    const more = { sgd: { momentum: 0.9 }, rmsProp: { momentum: 0.5, centred: true } }[kind as string];
    await bothWays({ ...all, optimiser: { kind, ...more } as NonNullable<TrainSettings['optimiser']> });
  });

  it('is the same bytes compiled', async () => {
    const back = useCompiler(compile);
    try {
      await bothWays({ ...all, optimiser: { kind: 'adam', amsgrad: true } });
    } finally {
      back();
    }
  });

  it('goes on from where it was interrupted, and ends early where it would have', async () => {
    const settings: TrainSettings = { epochs: 40, rate: 0.05, schedule: { kind: 'constant' }, patience: 2 };
    const whole = await trainedSmall(settings);
    expect(whole.ended).toBe('early');
    const control = new AbortController();
    const onStep = (step: number): void => {
      if (step === 7) control.abort();
    };
    const first = await trainedSmall({ ...settings, ...every('a', 1000), signal: control.signal, onStep });
    expect([first.ended, readdirSync(place('a'))]).toEqual(['interrupted', ['7']]);
    const second = await trainedSmall({ ...settings, ...every('a', 1000) });
    expect({ ...second, params: bits(second.params) }).toEqual({ ...whole, params: bits(whole.params) });
    dispose([first.params, second.params, whole.params]);
  });

  it('keeps the newest few, and goes on from an older one where the newest was never finished', async () => {
    const whole = await trainedSmall({ ...every('a', 3, 2) });
    expect(readdirSync(place('a'))).toEqual(['15', '18']);
    rmSync(join(place('a'), '18', 'COMPLETE'));
    const steps: number[] = [];
    const again = await trainedSmall({ ...every('a', 3, 2), onStep: (step) => steps.push(step) });
    expect(steps).toEqual([16, 17, 18, 19, 20]);
    expect(bits(again.params)).toEqual(bits(whole.params));
    dispose([whole.params, again.params]);
  });

  it('needs a whole number of steps between two checkpoints', async () => {
    await expect(trainedSmall(every('a', 0))).rejects.toThrow('train: expected every to be a whole number from 1, got 0');
  });

  it('is refused with other settings, or a checkpoint of something else or damaged', async () => {
    const { params } = await trainedSmall({ ...every('a', 10, 1) });
    dispose(params);
    await expect(trainedSmall({ ...every('a', 10), rate: 0.01 })).rejects.toThrow(
      'train: expected rate as in the checkpoint to go on from, 0.02, got 0.01; use the same settings or another folder',
    );
    await expect(trainedSmall({ ...every('a', 10) }, 1)).rejects.toThrow('expected seed as in the checkpoint to go on from, 0, got 1');
    await expect(trainedSmall({ ...every('a', 10), optimiser: { kind: 'lion' } })).rejects.toThrow(
      'expected optimiser as in the checkpoint to go on from, none, got {"kind":"lion"}',
    );
    cpSync(place('a'), place('b'), { recursive: true });
    const file = join(place('b'), '20', 'checkpoint.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"epoch": 5', '"epoch": 4'));
    await expect(trainedSmall({ ...every('b', 10) })).rejects.toThrow(/checkpoint\.json: expected sha256/);
  });
});
