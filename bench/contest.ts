/**
 * Engines at the same task on the same machine at the same time. Each waits in a process of its own; they step in turn, round
 * by round, so that whatever else the machine does hits all alike. Before a time counts, all must agree on what they compute.
 */

import { withData } from './data';
import { EngineProcess, type Versions } from './engineProcess';
import { type EngineName, launch, takesPart } from './engines';
import { machine } from './machine';
import { type Measured, measured } from './row';
import type { Task } from './task';

export type Pace = {
  readonly rounds: number;
  /** How long one engine's turn is, about; one step at the least. */
  readonly turnMs: number;
  /** An engine that has used it sits out the rounds that are left. */
  readonly mostMs: number;
};

export type Contest = {
  readonly workload: string;
  readonly task: Task;
  readonly engines: readonly EngineName[];
  readonly threads: readonly number[];
  readonly pace?: Pace;
};

/** `wrong` are the engines that did not start, ended or disagree, in words. */
export type Outcome = { readonly measured: readonly Measured[]; readonly wrong: readonly string[] };
export type Say = (line: string) => void;

const usual: Pace = { rounds: 5, turnMs: 600, mostMs: 9_000 };
const checkSteps = 3;
const tolerance = 1e-4;

type Contestant = {
  readonly name: EngineName;
  readonly process: EngineProcess;
  versions: Versions;
  turn: number;
  readonly samples: number[];
};

export async function contest({ workload, task, engines, threads, pace = usual }: Contest, say: Say): Promise<Outcome> {
  return withData(task, async (data) => {
    const outcome: { measured: Measured[]; wrong: string[] } = { measured: [], wrong: [] };
    for (const count of threads) {
      const taking = engines.filter((name) => takesPart(name, count));
      const part = await once({ workload, task, engines: taking, threads: count, pace, data }, say);
      outcome.measured.push(...part.measured);
      outcome.wrong.push(...part.wrong);
    }
    return outcome;
  });
}

type Once = { workload: string; task: Task; engines: readonly EngineName[]; threads: number; pace: Pace; data: string };

async function once({ workload, task, engines, threads, pace, data }: Once, say: Say): Promise<Outcome> {
  const before = machine();
  const all: Contestant[] = engines.map((name) => ({
    name,
    process: new EngineProcess(launch(name, threads, task, data)),
    versions: {},
    turn: 0,
    samples: [],
  }));
  const wrong: string[] = [];
  let taking = all;
  /** The engine for which `body` fails is out. */
  const each = async (body: (contestant: Contestant) => Promise<void>): Promise<void> => {
    for (const contestant of taking) {
      try {
        await body(contestant);
      } catch (error) {
        wrong.push(`${workload}, ${contestant.name}, ${threads} thread${threads === 1 ? '' : 's'}: ${(error as Error).message}`);
        say(wrong.at(-1)!);
        taking = taking.filter((other) => other !== contestant);
      }
    }
  };
  try {
    let reference: { readonly name: string; readonly values: readonly number[] } | undefined;
    await each(async (contestant) => {
      contestant.versions = await contestant.process.versions();
    });
    await each(async ({ name, process }) => {
      const values = await process.check(checkSteps);
      reference ??= { name, values };
      const difference = disagreement(values, reference.values);
      if (difference !== undefined)
        throw new Error(`expected ${difference}; ${reference.name} is what it is compared with, and it is left out`);
    });
    await each(async (contestant) => {
      const fastest = Math.min(...(await contestant.process.run(2)));
      contestant.turn = Math.max(1, Math.round(pace.turnMs / fastest));
    });
    for (let round = 0; round < pace.rounds; round++) {
      await each(async ({ process, turn, samples }) => {
        if (samples.reduce((sum, ms) => sum + ms, 0) < pace.mostMs) samples.push(...(await process.run(turn)));
      });
    }
    const after = machine();
    const rows = taking.map(({ name, process, versions, samples }) =>
      measured({ workload, engine: name, threads, samples, rssMb: process.peakMb(), versions, before, after }),
    );
    return { measured: rows, wrong };
  } finally {
    await Promise.all(all.map(({ process }) => process.end()));
  }
}

/** Where two lists of numbers are not the same to the tolerance. */
export function disagreement(found: readonly number[], expected: readonly number[]): string | undefined {
  if (found.length !== expected.length) return `${expected.length} values, got ${found.length}`;
  const at = expected.findIndex((value, index) => !(Math.abs(found[index]! - value) <= tolerance * Math.abs(value)));
  return at < 0 ? undefined : `${expected[at]} as value ${at + 1}, got ${found[at]}`;
}
