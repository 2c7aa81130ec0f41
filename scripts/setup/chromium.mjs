/** Chromium draws plotly figures for export and runs the browser tests; everything else works without it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { run } from './child.mjs';
import { at } from './places.mjs';
import { Problem } from './problem.mjs';

/** The library's own search, so it can be asked only once lib is built. */
const built = at('lib', 'dist', 'display', 'chromium.js');
const library = () => createRequire(import.meta.url)(built);
export const findChromium = () => library().findChromium();
export const chromiumRemedy = () => library().chromiumRemedy;

/** For the tests: installed where we may, else said what to install. */
export const chromium = {
  name: 'Chromium',
  disk: 0.4e9,
  done: () => existsSync(built) && findChromium() !== undefined,
  async make(log) {
    const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0 && !process.env.FOVEA_CHROMIUM;
    if (!mayInstall) throw new Problem('expected Chromium for the browser tests, found none', { remedy: chromiumRemedy() });
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { log, env });
    const { code } = await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { log, env });
    if (code !== 0 || !findChromium())
      throw new Problem('expected Chromium for the browser tests, apt-get did not install it', { remedy: chromiumRemedy(), log });
  },
};
