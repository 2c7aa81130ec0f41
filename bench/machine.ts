/** What the numbers depend on beside the engines. */
import { cpus, loadavg } from 'node:os';

/** Load is the mean number of running threads in the last minute. */
export function machine(): { readonly processor: string; readonly load: number } {
  return { processor: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`, load: loadavg()[0]! };
}
