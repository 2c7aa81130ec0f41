/** From the start of a process to its first answer: the logits of ResNet-20 for one image, weights read from a file. */
import { disagreement, type Outcome, type Say } from '../contest';
import { withData } from '../data';
import { EngineProcess, type Versions } from '../engineProcess';
import { type EngineName, launch, takesPart } from '../engines';
import { machine } from '../machine';
import { measured } from '../row';
import type { InferTask } from '../task';
import type { Workload } from '../workload';

const engines: readonly EngineName[] = ['fovea eager', 'tfjs-node stock', 'tfjs wasm', 'tensorflow function', 'torch channels-last'];
const task: InferTask = { kind: 'infer', network: { kind: 'resNet20', attention: 'none' }, size: 32 };
const [threads, rounds] = [1, 5];

export const coldStart: Workload = {
  name: 'cold-start',
  about: 'from the start of a process to the logits of one image, ResNet-20',
  standard: true,
  measure: (say) => withData(task, (data) => measure(data, say)),
};

type Starter = { readonly name: EngineName; readonly samples: number[]; rssMb: number; versions: Versions };

async function measure(data: string, say: Say): Promise<Outcome> {
  const before = machine();
  const wrong: string[] = [];
  let taking: Starter[] = engines.filter((name) => takesPart(name, threads)).map((name) => ({ name, samples: [], rssMb: 0, versions: {} }));
  let expected: readonly number[] | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const engine of taking) {
      try {
        const values = await start(engine, data);
        expected ??= values;
        const difference = disagreement(values, expected);
        if (difference !== undefined) throw new Error(`expected ${difference}`);
      } catch (error) {
        wrong.push(`cold-start, ${engine.name}: ${(error as Error).message}`);
        say(wrong.at(-1)!);
        taking = taking.filter((other) => other !== engine);
      }
    }
  }
  const after = machine();
  const rows = taking.map(({ name, ...rest }) => measured({ workload: 'cold-start', engine: name, threads, ...rest, before, after }));
  return { measured: rows, wrong };
}

async function start(engine: Starter, data: string): Promise<readonly number[]> {
  const started = performance.now();
  const child = new EngineProcess(launch(engine.name, threads, task, data));
  try {
    engine.versions = await child.versions();
    const values = await child.check(1);
    engine.samples.push(performance.now() - started);
    engine.rssMb = Math.max(engine.rssMb, child.peakMb());
    return values;
  } finally {
    await child.end();
  }
}
