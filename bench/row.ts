/** What the bench prints: a row for each workload, engine and number of threads. */
import { z } from 'zod';

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
