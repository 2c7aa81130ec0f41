/** `npm start`: the proof, once for each build, then JupyterLab in this same process, so that Ctrl-C is the lab's own. */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { show } from './child.mjs';
import { chromiumRemedy, findChromium } from './chromium.mjs';
import { at, binding, root } from './places.mjs';
import { Interrupted, Problem } from './problem.mjs';
import { remark } from './progress.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

const stamp = at('lib', 'dist', 'fovea-proof.json');

export async function prove({ again }) {
  const key = digest([
    readStamp(at('lib', 'dist', 'fovea-build.json')).key,
    statSync(binding, { throwIfNoEntry: false })?.mtimeMs,
    process.env.FOVEA_BACKEND,
  ]);
  if (!again && readStamp(stamp).key === key) return;
  const code = await show(process.execPath, [at('scripts', 'proof.mjs')]);
  if (code === 130) throw new Interrupted('SIGINT');
  if (code !== 0) throw new Problem('the proof, a short training run, failed (its own words stand above)', { remedy: 'npx fovea doctor' });
  writeStamp(stamp, { key });
}

export function sayChromium() {
  if (!findChromium())
    remark('Chromium', `not found: plotly figures cannot be exported; everything else works. To repair: ${chromiumRemedy()}`);
}

export function serve(options) {
  process.chdir(root);
  process.argv = [process.execPath, at('lib', 'bin', 'fovea.js'), 'lab', ...options];
  createRequire(import.meta.url)(at('lib', 'bin', 'fovea.js'));
}
