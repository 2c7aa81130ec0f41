/** Chromium draws plotly figures for export and runs the browser tests; everything else works without it. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { run } from './child.mjs';
import { Problem } from './problem.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
export const REMEDY = 'apt install chromium (or name one: FOVEA_CHROMIUM=/path/to/chromium)';

/** Path of a Chromium or Chrome: FOVEA_CHROMIUM, the PATH, or the one that playwright installed. */
export function findChromium() {
  const wished = process.env.FOVEA_CHROMIUM;
  if (wished !== undefined && wished !== '') return executable(wished) ? wished : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable);
  if (onPath) return onPath;
  const own = createRequire(import.meta.url)('playwright-core').chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

const executable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** For the tests: installed where we may, else said what to install. */
export const chromium = {
  name: 'Chromium',
  disk: 0.4e9,
  done: () => findChromium() !== undefined,
  async make(log) {
    const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0 && !process.env.FOVEA_CHROMIUM;
    if (!mayInstall) throw new Problem('expected Chromium for the browser tests, found none', { remedy: REMEDY });
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { log, env });
    const { code } = await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { log, env });
    if (code !== 0 || !findChromium())
      throw new Problem('expected Chromium for the browser tests, apt-get did not install it', { remedy: REMEDY, log });
  },
};
