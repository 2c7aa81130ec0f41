/** What the bench prints: a row for each workload, engine and number of threads. */
import { z } from 'zod';
import type { Machine } from './machine';
import { median } from './statistics';

export const rowSchema = z.strictObject({
  workload: z.string().min(1),
  engine: z.string().min(1),
  threads: z.int().positive(),
  /** Of one step, whatever a step of the workload is. */
  ms: z.strictObject({ min: z.number().positive(), median: z.number().positive() }),
  /** The largest the process ever was, in MiB. */
  rssMb: z.number().positive(),
  /** Of the engine and what it stands on, with the processor and the load of the machine before and after. */
  versions: z.record(z.string(), z.string()),
});

export type Row = z.infer<typeof rowSchema>;

/** A row with every time it was made from, in the order they were measured. */
export type Measured = { readonly row: Row; readonly samples: readonly number[] };

export type Timed = {
  readonly workload: string;
  readonly engine: string;
  readonly threads: number;
  /** Milliseconds. */
  readonly samples: readonly number[];
  readonly rssMb: number;
  readonly versions: { readonly [part: string]: string };
  readonly before: Machine;
  readonly after: Machine;
};

export function measured({ workload, engine, threads, samples, rssMb, versions, before, after }: Timed): Measured {
  const ms = { min: microseconds(Math.min(...samples)), median: microseconds(median(samples)) };
  const load = `${before.load.toFixed(2)} before, ${after.load.toFixed(2)} after`;
  const row: Row = { workload, engine, threads, ms, rssMb, versions: { ...versions, processor: before.processor, load } };
  return { row, samples: samples.map(microseconds) };
}

/** Rounded to whole ones, in milliseconds. */
const microseconds = (ms: number): number => Math.max(0.001, Math.round(ms * 1000) / 1000);
