import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Experiment } from '../../lib/experiment/experiment';
import { localisationBaselines, localise, spatialMaps } from '../../lib/experiment/localise';
import { examine, run } from '../../lib/experiment/run';
import { listRuns, readRun } from '../../lib/experiment/runs';

const folder = mkdtempSync(join(tmpdir(), 'fovea-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tiny: Experiment = {
  name: 'tiny',
  question: 'Does a run do what it says?',
  data: { kind: 'clutteredFashion', seed: 0, size: 30, distractors: 1 },
  model: { kind: 'residualNetwork', widths: [4], stemStride: 4, attention: { kind: 'none' }, pooling: { kind: 'attentionPooling' } },
  train: { epochs: 2, batchSize: 500, rate: 0.02 },
  seeds: [0, 1],
};
const quiet = { folder, quiet: true };

describe('run', () => {
  it('trains every seed, writes it down and finds it again instead of repeating it', async () => {
    const first = await run(tiny, quiet);
    expect(first.interrupted).toBe(false);
    expect(first.seeds.map(({ seed, found, history }) => [seed, found, history.length])).toEqual([[0, false, 2], [1, false, 2]]); // biome-ignore format: rows
    const stored = readRun(first.seeds[0]!.folder);
    expect(stored.record.status).toBe('finished');
    expect(stored.metrics.map(({ step }) => step)).toEqual([5, 10]);
    expect(stored.problems).toEqual([]);

    const again = await run(tiny, quiet);
    expect(again.seeds.map(({ found }) => found)).toEqual([true, true]);
    expect(again.seeds.map(({ found: _, ...rest }) => rest)).toEqual(first.seeds.map(({ found: _, ...rest }) => rest));
    const renamed = await run({ ...tiny, name: 'other', question: 'Same numbers?', seeds: [1] }, quiet);
    expect(renamed.seeds[0]!.found).toBe(true); // words do not change numbers
    expect(listRuns({ folder }).runs).toHaveLength(2);
  });

  it('repeats itself to the bit when asked to train again', async () => {
    const [old, fresh] = [await run({ ...tiny, seeds: [0] }, quiet), await run({ ...tiny, seeds: [0] }, { ...quiet, fresh: true })];
    expect(fresh.seeds[0]!.found).toBe(false);
    expect(fresh.seeds[0]!.history).toEqual(old.seeds[0]!.history);
    const weights = ({ folder, bestStep }: { folder: string; bestStep: number }): Buffer =>
      readFileSync(join(folder, 'checkpoints', `${bestStep}`, 'tensors.safetensors'));
    expect(weights(fresh.seeds[0]!).equals(weights(old.seeds[0]!))).toBe(true);
  });

  it('restores the trained network: examined on the test part it scores what was recorded', async () => {
    const { seeds } = await run({ ...tiny, seeds: [0] }, quiet);
    const examined = await examine(tiny, seeds[0]!, { wants: (path) => path === 'features' || path === 'pooling' });
    expect(examined.accuracy).toBe(seeds[0]!.test.accuracy);
    expect(Object.keys(examined.maps)).toEqual(['features', 'pooling']);
    for (const map of spatialMaps(examined.maps['pooling']!).slice(0, 5)) expect(map.flat().reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const { contributions, attention } = localise(examined);
    expect(contributions.pointing).toHaveLength(1000);
    expect(attention!.energy.every((share) => share >= 0 && share <= 1)).toBe(true);
    const { chance, centre } = localisationBaselines(examined.set);
    expect(chance.every((share) => share > 0 && share < 1)).toBe(true);
    expect(centre.pointing).toHaveLength(1000);
  });

  it('records an interrupted run as such, keeps its history and does not find it again', async () => {
    const control = new AbortController();
    const experiment = { ...tiny, train: { ...tiny.train, epochs: 50, rate: 0.011 } };
    setTimeout(() => control.abort(), 700);
    const { seeds, interrupted } = await run(experiment, { ...quiet, signal: control.signal });
    expect(interrupted).toBe(true);
    expect(seeds).toHaveLength(1);
    expect(readRun(seeds[0]!.folder).record.status).toBe('interrupted');
    expect(readRun(seeds[0]!.folder).metrics).toHaveLength(seeds[0]!.history.length);
  });

  it('goes on with an interrupted run where it was, to the same bits and the same lines of metrics', async () => {
    const experiment: Experiment = { ...tiny, train: { ...tiny.train, epochs: 3, rate: 0.012 }, seeds: [0] };
    const whole = await run(experiment, { ...quiet, fresh: true });
    const apart = { quiet: true, folder: join(folder, 'apart') };
    let looks = 0;
    const signal = {
      get aborted() {
        looks += 1;
        return looks > 9; // one before the seed, six in the first epoch, two in the second
      },
    } as AbortSignal;
    const first = await run(experiment, { ...apart, signal });
    expect([first.interrupted, first.seeds[0]!.history.length]).toEqual([true, 1]);
    const second = await run(experiment, apart);
    const told = ({ folder: _, id: __, ...rest }: (typeof whole.seeds)[number]): object => rest;
    expect(second.seeds.map(told)).toEqual(whole.seeds.map(told));
    const stored = readRun(second.seeds[0]!.folder);
    expect(stored.metrics.map(({ step }) => step)).toEqual([5, 10, 15]);
    expect(readdirSync(join(second.seeds[0]!.folder, 'checkpoints'))).toEqual([`${second.seeds[0]!.bestStep}`]);
  });

  it('records a run that fails with its error', async () => {
    await expect(run({ ...tiny, train: { ...tiny.train, rate: 1e30, schedule: { kind: 'constant' } }, seeds: [7] }, quiet)).rejects.toThrow(
      /NaN or infinity at step/,
    );
    const failed = listRuns({ folder }).runs.find(({ record }) => record.status === 'failed');
    expect(failed?.record.error).toMatch(/NaN or infinity at step/);
  });

  it('names every wrong field of an experiment at once', async () => {
    const wrong = { ...tiny, name: 'a b', seeds: [1, 1], model: { ...tiny.model, widths: [], depht: 2 } } as unknown as Experiment;
    await expect(run(wrong, quiet)).rejects.toThrow(/^experiment: name: .*model\.widths: .*depht.*seeds: expected each seed once$/);
    await expect(run({ ...tiny, train: { ...tiny.train, batchSize: 9999 } }, quiet)).rejects.toThrow(
      'size must be at most the number of images, 2500',
    );
  });
});
