/**
 * Memory over time: 10,000 small training steps must leave as many tensors in the backend as there were, and the process
 * must not grow by more than 1 MB in 1,000 steps. The first quarter, in which caches fill, does not count.
 */
import { join } from 'node:path';
import { environment } from '../engines';
import { machine } from '../machine';
import { reports } from '../reports';
import { measured } from '../row';
import { slope } from '../statistics';
import type { Workload } from '../workload';

export type Sample = {
  readonly step: number;
  readonly loss: number;
  readonly ms: number;
  readonly rssMb: number;
  readonly tensors: number;
};

const [epochs, threads] = [40, 2];
const mostGrowth = 1;

export const soak: Workload = {
  name: 'soak',
  about: '10,000 training steps of the whole loop, batch 10 of 28x28: tensors and memory must not grow',
  standard: false,
  measure: async (say) => {
    const before = machine();
    const samples: Sample[] = [];
    const script = join(__dirname, '..', 'soak.js');
    const launch = { command: process.execPath, args: ['--expose-gc', script, `${epochs}`], env: environment(threads) };
    for await (const sample of reports<Sample>(launch)) {
      samples.push(sample);
      const { step, loss, rssMb, tensors } = sample;
      if (step % 1000 === 0) say(`soak: step ${step}, loss ${loss.toFixed(3)}, ${rssMb.toFixed(1)} MiB, ${tensors} tensors`);
    }
    const { growth, tensors, wrong } = judge(samples);
    say(`soak: ${growth.toFixed(2)} MiB in 1,000 steps, ${tensors} tensors; ${wrong.length === 0 ? 'passed' : 'failed'}`);
    const row = measured({
      workload: 'soak',
      engine: 'fovea compiled',
      threads,
      samples: samples.map(({ ms }) => ms),
      rssMb: Math.round(Math.max(...samples.map(({ rssMb }) => rssMb))),
      versions: { node: process.version },
      before,
      after: machine(),
    });
    return { measured: [row], wrong };
  },
};

/** `growth` in MiB for 1,000 steps, over the last three quarters. */
export function judge(samples: readonly Sample[]): { growth: number; tensors: string; wrong: string[] } {
  const last = samples.at(-1)?.step ?? 0;
  const counted = samples.filter(({ step }) => step > last / 4);
  const growth = 1000 * slope(counted.map(({ step, rssMb }) => [step, rssMb] as const));
  const counts = counted.map(({ tensors }) => tensors);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const wrong: string[] = [];
  if (least !== most) wrong.push(`soak: expected the same number of tensors throughout, got ${least} to ${most}`);
  if (!(growth < mostGrowth)) wrong.push(`soak: expected to grow by less than ${mostGrowth} MiB in 1,000 steps, got ${growth.toFixed(2)}`);
  return { growth, tensors: least === most ? `${least}` : `${least} to ${most}`, wrong };
}
