import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './scratch';

/** `name==version` with its condition, where it has one, for each package of a lock file. */
const pinned = (name: string): string[] =>
  readFileSync(join(root, 'scripts', 'python', name), 'utf8')
    .split('\n')
    .filter((line) => /^[a-z]/.test(line))
    .map((line) => line.replace(/ \\$/, ''));
const nameOf = (line: string): string => line.split('==')[0]!;

it('tests.txt and jupyter.txt go into one environment: no package in two versions', () => {
  const versions = (name: string): Map<string, Set<string>> => {
    const found = new Map<string, Set<string>>();
    for (const line of pinned(name)) found.set(nameOf(line), (found.get(nameOf(line)) ?? new Set()).add(line.split(/==| ;/)[1]!));
    return found;
  };
  const jupyter = versions('jupyter.txt');
  const shared = [...versions('tests.txt')].filter(([name]) => jupyter.has(name));
  expect(shared.length).toBeGreaterThan(20);
  for (const [name, wanted] of shared) expect([...jupyter.get(name)!], name).toEqual(expect.arrayContaining([...wanted]));
});
