/**
 * Checkpoints of a training in a folder, one a step under its number. The newest few stay: an old one goes only when a newer
 * one is whole, so that a process killed at any moment leaves one to go on from.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CheckpointStore, TrainingProgress } from '../train/checkpoints';
import { discard } from './atomic';
import { type CheckpointMetadata, loadCheckpoint, readMetadata, saveCheckpoint } from './checkpoint';
import { DamagedFileError } from './damagedFile';
import { isAlive } from './isAlive';
import type { Json } from './json';
import { isWhole, removeWhole } from './wholeFolder';

/** `keep`, 2 unless given: how many are kept. */
export function checkpointStore(folder: string, { keep = 2 }: { readonly keep?: number } = {}): CheckpointStore {
  if (!Number.isInteger(keep) || keep < 1) throw new Error(`checkpointStore: expected keep to be a whole number from 1, got ${keep}`);
  return {
    save: async (tensors, progress) => {
      await saveCheckpoint(join(folder, `${progress.step}`), tensors, { progress: finite(progress) });
      const kept = wholeIn(folder).slice(0, keep);
      for (const step of stepsIn(folder)) if (!kept.includes(step)) removeWhole(join(folder, `${step}`));
      removeAbandoned(folder);
    },
    latest: () => {
      const [newest] = wholeIn(folder);
      if (newest === undefined) return undefined;
      const place = join(folder, `${newest}`);
      const progress = progressOf(readMetadata(place), join(place, 'checkpoint.json'));
      return { progress, load: (like) => loadCheckpoint(place, like) };
    },
  };
}

/** Newest first. */
const stepsIn = (folder: string): number[] =>
  namesIn(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);

const wholeIn = (folder: string): number[] => stepsIn(folder).filter((step) => isWhole(join(folder, `${step}`)));

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** What processes left that were killed while they wrote. */
function removeAbandoned(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = /^\.\d+\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) discard(join(folder, name));
  }
}

/** JSON has no NaN and no infinity: they are the texts "NaN", "Infinity" and "-Infinity", as in metrics.jsonl. */
const finite = (progress: TrainingProgress): Json =>
  JSON.parse(JSON.stringify(progress, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value)));

const number = z
  .number()
  .or(z.enum(['NaN', 'Infinity', '-Infinity']))
  .transform(Number);
const count = z.int().min(0);
const form = z.strictObject({
  settings: z.looseObject({ epochs: count, seed: z.int(), stepsPerEpoch: count }), // compared with those given, field by field
  epoch: count,
  batch: count,
  step: count,
  sums: z.strictObject({ loss: number, right: number, images: count, rate: number }),
  best: z.strictObject({ epoch: count, loss: number }),
  plateau: z.strictObject({ rate: number, best: number.nullable(), bad: count, cooldown: count }),
  history: z.array(
    z.strictObject({
      epoch: count,
      step: count,
      rate: number,
      loss: number,
      accuracy: number,
      validationLoss: number,
      validationAccuracy: number,
    }),
  ),
});

function progressOf(metadata: CheckpointMetadata, path: string): TrainingProgress {
  const found = form.safeParse(metadata['progress']);
  if (found.success) return found.data as TrainingProgress;
  const problems = found.error.issues.map((issue) => `${issue.path.join('.') || 'progress'}: ${issue.message}`);
  throw new DamagedFileError(path, 'expected the progress of a training', problems.join('; '), 'it is a checkpoint of something else');
}
