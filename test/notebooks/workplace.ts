/**
 * Copies of the notebooks to be run, so that a test leaves the committed ones and the user's figures and runs alone. They lie
 * below the project, from where cells find `fovea`, in a folder that git ignores.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

export const root: string = resolve(__dirname, '../..');

export const committed: readonly string[] = readdirSync(join(root, 'notebooks'))
  .filter((name) => name.endsWith('.ipynb'))
  .sort()
  .map((name) => join(root, 'notebooks', name));

export const FIRST: string = join(root, 'notebooks', '01-what-is-attention.ipynb');
export const SECOND: string = join(root, 'notebooks', '02-attention-in-a-cnn.ipynb');

export type Workplace = {
  readonly folder: string;
  /** Writes a file there; returns its path. */
  readonly put: (name: string, text: string) => string;
  readonly copy: (path: string, change?: (text: string) => string) => string;
  readonly remove: () => void;
};

export function workplace(): Workplace {
  const parent = join(root, 'runs');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'test-'));
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    folder,
    put,
    copy: (path, change = (text) => text) => put(basename(path), change(readFileSync(path, 'utf8'))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** As Jupyter names it. */
export const fromRoot = (path: string): string => relative(root, path);

/** The same as `-p quick=true -p seeds=...`, where nobody gives parameters: in the browser. */
export const quickWith =
  (seeds: readonly number[]) =>
  (text: string): string => {
    const changed = text
      .replace(/const seeds = \[[^\]]*\];/, `const seeds = [${seeds.join(', ')}];`)
      .replace(/const quick = false;/, 'const quick = true;');
    if (!changed.includes('const quick = true;') || changed === text) throw new Error('the notebook has no parameters seeds and quick');
    return changed;
  };

export type RunOfSeed = {
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly status: string;
  readonly config: object;
};

/** The runs of these seeds, which are the tests' own. */
export function runsOf(seeds: readonly number[]): RunOfSeed[] {
  return idsOf(seeds).map(({ record }) => record);
}

export function forgetRuns(seeds: readonly number[]): void {
  for (const { folder } of idsOf(seeds)) rmSync(folder, { recursive: true, force: true });
}

function idsOf(seeds: readonly number[]): { folder: string; record: RunOfSeed }[] {
  const all = join(root, 'runs');
  mkdirSync(all, { recursive: true });
  return readdirSync(all)
    .filter((name) => seeds.some((seed) => name.endsWith(`-s${seed}`)))
    .map((name) => ({
      folder: join(all, name),
      record: JSON.parse(readFileSync(join(all, name, 'run.json'), 'utf8')) as RunOfSeed,
    }));
}
