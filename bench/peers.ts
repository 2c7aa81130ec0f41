/** PyTorch and TensorFlow in Python, in an environment of the bench's own: nothing of the project's needs them. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from 'fovea/dist/native/projectRoot';
import { folders } from './folders';

const torch = 'torch==2.13.0';
const locked = join(projectRoot(), 'scripts', 'python', 'bench.txt');
const stamp = join(folders.environment, 'fovea.json');
const base = join(projectRoot(), '.venv', 'bin', 'python');

/** What the environment was made from; another list of packages makes it anew. */
const key = (): string => createHash('sha256').update(torch).update(readFileSync(locked)).digest('hex');

/** Why the peers in Python cannot take part, and the remedy; undefined when they can. */
export function missingPeers(): string | undefined {
  const found = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (found === key()) return undefined;
  const state = found === undefined ? 'not installed' : 'of another version';
  return `PyTorch and TensorFlow in Python are ${state} and left out; to repair: npx fovea bench --install-peers`;
}

/** Some minutes and 2.5 GB of disk; nothing when they are there. */
export function installPeers(say: (line: string) => void): void {
  if (missingPeers() === undefined) return;
  if (!existsSync(base)) throw new Error(`install: expected the project's Python at ${base}, found none; run npm start first`);
  say('installing PyTorch and TensorFlow with their Python into .bench: some minutes, 2.5 GB');
  rmSync(folders.environment, { recursive: true, force: true });
  mkdirSync(dirname(folders.environment), { recursive: true });
  run(base, ['-m', 'venv', folders.environment]);
  const pip = ['-m', 'pip', 'install', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--quiet'];
  run(folders.python, [...pip, '--require-hashes', '--requirement', locked]);
  run(folders.python, [...pip, torch]); // its build differs from index to index, so it has no one checksum
  writeFileSync(stamp, key());
}

function run(command: string, args: readonly string[]): void {
  const env: NodeJS.ProcessEnv = { ...process.env, PYTHONNOUSERSITE: '1', PIP_REQUIRE_VIRTUALENV: '0' };
  for (const name of ['PYTHONPATH', 'PYTHONHOME', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_USER', 'PIP_ROOT']) delete env[name];
  const { status } = spawnSync(command, [...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`install: ${args.slice(1, 3).join(' ')} failed, its own words stand above; correct that and repeat`);
}
