/** What the set-up makes. Each of its steps is asked itself whether it is done, so that `doctor` and `npm start` cannot disagree. */
import { existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../native/projectRoot';
import { type Checker, Fault } from './check';

const TESTED = [20, 22, 24];
const LEAST_DISK = 0.2e9;
const LITTLE_DISK = 1e9;

export const nodeVersion: Checker = {
  name: 'Node',
  repair: 'install Node 24, 22 or 20.19',
  look: () => {
    const version = process.versions.node;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < 20 || (major === 20 && minor < 19)) throw new Fault(`expected Node 20.19 or later, got ${version}`);
    return TESTED.includes(major) ? version : { warn: `${version}; tested are ${TESTED.join(', ')}` };
  },
};

type Step = { readonly name: string; readonly always?: boolean; readonly done: () => boolean; readonly note?: () => string | undefined };

/** One check a step of scripts/setup. */
export async function setupSteps(): Promise<Checker[]> {
  const path = join(projectRoot(), 'scripts', 'setup', 'steps.mjs');
  if (!existsSync(path)) return []; // the library alone, as a package of someone else's project
  const { SETUP } = (await import(pathToFileURL(path).href)) as { SETUP: readonly Step[] };
  return SETUP.filter(({ always }) => !always).map((step) => ({
    name: step.name,
    repair: 'npm start -- --once',
    look: () => {
      if (!step.done()) throw new Fault('missing, unfinished or not as the lock files and sources say');
      const note = step.note?.();
      return note === undefined ? 'up to date' : { warn: note, repair: 'apt install g++, then npm start -- --once' };
    },
  }));
}

export const noCanvas: Checker = {
  name: 'canvas',
  repair: 'npm uninstall canvas (in the folder that is named)',
  look: () => {
    try {
      const found = createRequire(join(projectRoot(), 'package.json')).resolve('canvas');
      return { warn: `${found}: figures would be measured with the machine's fonts instead of the bundled one` };
    } catch {
      return 'absent, as it should be';
    }
  },
};

export const freeDisk: Checker = {
  name: 'free disk',
  repair: 'free some space; old runs can go: ls runs',
  look: () => {
    const { bavail, bsize } = statfsSync(projectRoot());
    const free = bavail * bsize;
    const words = `${(free / 1e9).toFixed(1)} GB`;
    if (free < LEAST_DISK) throw new Fault(`expected 0.2 GB at least, got ${words}`);
    return free < LITTLE_DISK ? { warn: `${words}, little for runs with checkpoints` } : words;
  },
};
