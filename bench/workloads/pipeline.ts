/** How fast batches are made ready: 128 images of 32x32x3, shuffled, shifted, mirrored and standardised. */
import { join } from 'node:path';
import { EngineProcess } from '../engineProcess';
import { environment, pinned } from '../engines';
import { machine } from '../machine';
import { measured } from '../row';
import { median } from '../statistics';
import type { Workload } from '../workload';

export const batch = 128;
const [threads, steps] = [1, 200];

export const pipeline: Workload = {
  name: 'pipeline',
  about: `a batch of ${batch} images of 32x32, shuffled, shifted, mirrored and standardised`,
  standard: true,
  measure: async (say) => {
    const before = machine();
    const launch = { command: process.execPath, args: [join(__dirname, '..', 'pipeline.js')], env: environment(threads) };
    const child = new EngineProcess(pinned(threads, launch));
    try {
      const versions = await child.versions();
      await child.run(20);
      const samples = await child.run(steps);
      say(`pipeline: ${Math.round((1000 * batch) / median(samples))} images a second`);
      const rest = { versions, samples, rssMb: child.peakMb(), before, after: machine() };
      return { measured: [measured({ workload: 'pipeline', engine: 'fovea', threads, ...rest })], wrong: [] };
    } finally {
      await child.end();
    }
  },
};
