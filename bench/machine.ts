/** What the numbers depend on beside the engines. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Load is the mean number of running threads in the last minute. */
export type Machine = { readonly processor: string; readonly load: number };

export function machine(): Machine {
  return { processor: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`, load: loadavg()[0]! };
}

/** The largest the process ever was, in MiB. */
export function peakMb(pid: number | undefined): number {
  const status = `/proc/${pid}/status`;
  const peak = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'));
  if (!peak) throw new Error(`peakMb: expected VmHWM in ${status}, found none: the bench runs on Linux`);
  return Math.round(Number(peak[1]) / 1024);
}
