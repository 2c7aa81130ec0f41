/**
 * What `fovea bench` runs, once compiled: the named workload, or the standard set. Rows go to standard output, as a table or
 * as one array of JSON; what is being done, what is missing and what went wrong go to standard error. All rows with every
 * time they were made from, and the figure, lie in .bench/results/NAME.json, .svg and .png afterwards.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { save } from 'fovea/dist/display/save';
import { ratios } from './figure';
import { folders } from './folders';
import { missingPeers } from './peers';
import type { Measured } from './row';
import { summary } from './summary';
import { table } from './table';
import type { Workload } from './workload';
import * as workloads from './workloads/all';

export { installPeers } from './peers';

export const all: readonly Workload[] = Object.values(workloads);

/** What a name on the command line stands for: a workload, or those that begin with it, `attention` for attention-196 and the others. */
export function chosen(name: string | undefined): readonly Workload[] {
  if (name === undefined) return all.filter(({ standard }) => standard);
  const exact = all.filter((workload) => workload.name === name);
  return exact.length > 0 ? exact : all.filter((workload) => workload.name.startsWith(`${name}-`));
}

/** False when an engine failed or disagreed, or what a workload promises does not hold. */
export async function bench(name: string | undefined, { json }: { json: boolean }): Promise<boolean> {
  const path = (end: string): string => join(folders.results, `${name ?? 'standard'}.${end}`);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const absent = missingPeers();
  if (absent !== undefined) say(absent);
  mkdirSync(folders.results, { recursive: true });
  const measured: Measured[] = [];
  const wrong: string[] = [];
  for (const workload of chosen(name)) {
    say(`${workload.name}: ${workload.about}`);
    const outcome = await workload.measure(say);
    measured.push(...outcome.measured);
    wrong.push(...outcome.wrong);
    if (!json) print(table(outcome.measured));
    // what has been measured stays, whatever happens to the rest
    writeFileSync(path('json'), `${JSON.stringify(measured, null, 1)}\n`);
  }
  const rows = measured.map(({ row }) => row);
  const figure = ratios(rows);
  if (figure) for (const format of ['svg', 'png']) await save(figure, path(format));
  for (const line of summary(rows)) (json ? say : print)(line);
  if (json) print(JSON.stringify(rows));
  for (const line of wrong) say(`wrong: ${line}`);
  return wrong.length === 0;
}
