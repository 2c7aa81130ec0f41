/**
 * Equal accuracy after equal epochs: ResNet-20 on the embedded Fashion-MNIST by ours and by PyTorch, each from the same initial
 * weights, seed by seed, with the same settings. Their difference must be what seeds make: its 95 % interval holds 0.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deviation, mean, pairedInterval } from 'fovea/dist/experiment/statistics';
import type { Outcome, Say } from '../contest';
import type { Launch } from '../engineProcess';
import { environment } from '../engines';
import { folders } from '../folders';
import { machine } from '../machine';
import { missingPeers } from '../peers';
import { reports } from '../reports';
import { type Measured, measured } from '../row';
import type { Workload } from '../workload';

export type Result = { readonly seed: number; readonly accuracy: number; readonly ms: readonly number[] };

export const [batch, epochs, rate]: [number, number, number] = [50, 6, 1e-3];
export const seeds: readonly number[] = [0, 1, 2, 3, 4];
const threads = 2;

export const accuracy: Workload = {
  name: 'accuracy',
  about: `test accuracy of ResNet-20 after ${epochs} epochs of 2,500 images, ${seeds.length} seeds, ours and PyTorch`,
  standard: false,
  measure: async (say) => {
    mkdirSync(folders.made, { recursive: true });
    const folder = mkdtempSync(join(folders.made, 'data-'));
    try {
      return await measure(join(folder, 'data.safetensors'), say);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(data: string, say: Say): Promise<Outcome> {
  const env = environment(threads);
  const script = join(__dirname, '..', 'accuracy.js');
  const { status, stderr } = spawnSync(process.execPath, [script, 'write', data], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`accuracy: the data could not be written:\n${stderr.trim()}`);
  const ours = await train('fovea compiled', { command: process.execPath, args: [script, 'train', data], env }, say);
  if (missingPeers() !== undefined) return { measured: [ours.measured], wrong: [] };
  const settings = JSON.stringify({ batch, epochs, rate, seeds });
  const peer = join(folders.bench, 'peers', 'torch_accuracy.py');
  const theirs = await train('torch channels-last fused', { command: folders.python, args: [peer, data, settings], env }, say);

  const { estimate, low, high } = pairedInterval(ours.accuracies, theirs.accuracies);
  const difference = `${percent(estimate)} [${percent(low)}, ${percent(high)}]`;
  say(`accuracy: ours less PyTorch's ${difference}`);
  const wrong = low <= 0 && high >= 0 ? [] : [`accuracy: expected a difference that seeds explain, got ${difference}`];
  return { measured: [ours.measured, theirs.measured], wrong };
}

async function train(engine: string, launch: Launch, say: Say): Promise<{ accuracies: readonly number[]; measured: Measured }> {
  const before = machine();
  const accuracies: number[] = [];
  const samples: number[] = [];
  let rssMb = 0;
  for await (const { accuracy, ms, peakMb } of reports<Result>(launch)) {
    accuracies.push(accuracy);
    samples.push(...ms);
    rssMb = peakMb;
  }
  say(
    `accuracy: ${engine} ${percent(mean(accuracies))}, deviation over seeds ${percent(deviation(accuracies))} (${accuracies.map(percent).join(', ')})`,
  );
  return {
    accuracies,
    measured: measured({ workload: 'accuracy', engine, threads, samples, rssMb, versions: {}, before, after: machine() }),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
