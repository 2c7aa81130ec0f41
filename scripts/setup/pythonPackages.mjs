/**
 * JupyterLab, in an environment of the project's own. Every file is checked against scripts/python/*.txt, and only
 * finished wheels are taken: nothing is compiled and no package runs code while it is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { at, root, venv, venvPython } from './places.mjs';
import { Problem } from './problem.mjs';
import { findPython } from './python.mjs';
import { demandProxy, explain } from './registry.mjs';
import { digest, readStamp, text, writeStamp } from './stamp.mjs';

const locked = at('scripts', 'python', 'jupyter.txt');
const stamp = join(venv, 'fovea.json');
// the folder's own path is in every script that pip writes, so a moved clone needs a new environment
const key = (python) => digest([text(locked), root, python]);

export const pythonPackages = {
  name: 'Python packages',
  disk: 0.4e9,
  done() {
    const { key: made, python } = readStamp(stamp);
    return made !== undefined && made === key(python) && venvVersion() === python;
  },
  async make(log) {
    const python = findPython();
    await demandProxy();
    rmSync(venv, { recursive: true, force: true });
    const made = await run(python.command, ['-m', 'venv', venv], { log, env: pythonEnvironment() });
    if (made.code !== 0) throw new Problem(`${python.command} could not make an environment in .venv`, { remedy: python.repair, log });
    await pip(['--requirement', locked], log);
    const version = venvVersion();
    writeStamp(stamp, { key: key(version), python: version });
  },
};

/** What the environment's own Python calls itself, `3.11.7`: one that was upgraded underneath no longer fits its packages. */
export function venvVersion() {
  if (!existsSync(venvPython)) return undefined;
  return spawnSync(venvPython, ['--version'], { encoding: 'utf8' }).stdout?.trim().replace('Python ', '');
}

/** Installs what is named, each file with the checksum that the lock file demands. */
export async function pip(args, log) {
  const careful = [
    '--require-hashes',
    '--only-binary',
    ':all:',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar',
    'off',
    '--retries',
    '2',
  ];
  const result = await run(venvPython, ['-m', 'pip', 'install', ...careful, ...args], { log, env: pythonEnvironment() });
  if (result.code !== 0) throw Object.assign(explain('pip install', result, log), { output: result.output });
}

/** Ours less what would send packages elsewhere. */
function pythonEnvironment() {
  const env = { ...process.env, PIP_REQUIRE_VIRTUALENV: '0', PYTHONNOUSERSITE: '1' };
  for (const name of ['PYTHONPATH', 'PYTHONHOME', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_USER', 'PIP_ROOT']) delete env[name];
  return env;
}
