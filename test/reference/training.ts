/** The folder of trajectories: `FOVEA_REFERENCE`, or the copy beside the tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const reference = process.env['FOVEA_REFERENCE'] ?? 'test/fixtures/pytorch-training';
export const readJson = <T>(name: string): T => JSON.parse(readFileSync(join(reference, name), 'utf8')) as T;

/** PyTorch's names turned to ours; names that only choose an implementation are dropped, unknown ones refused. */
export function renamed(who: string, options: Given, names: { readonly [theirs: string]: string }, ignored: readonly string[]): Given {
  const ours = Object.entries(options).flatMap(([name, value]) => {
    if (ignored.includes(name)) return [];
    if (!Object.hasOwn(names, name)) throw new RangeError(`${who}: expected arguments among ${Object.keys(names).join(', ')}, got ${name}`);
    return [[names[name]!, value] as const];
  });
  return Object.fromEntries(ours);
}
export type Given = { readonly [name: string]: unknown };
