/** The Python that JupyterLab is installed with: 3.10 or later, with venv and ensurepip, preferably one that TensorFlow has a wheel for. */
import { spawnSync } from 'node:child_process';
import { Problem } from './problem.mjs';

const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const ASK = `
import importlib.util as u, json, sys
print(json.dumps({"version": list(sys.version_info[:3]), "modules": [m for m in ("venv", "ensurepip") if u.find_spec(m)]}))`;

export function findPython() {
  const wished = process.env.FOVEA_PYTHON;
  const found = (wished ? [wished] : NAMES).map(ask).filter(Boolean);
  const recent = found.filter(({ version: [major, minor] }) => major === 3 && minor >= 10);
  const whole = recent.filter(({ modules }) => modules.length === 2);
  const chosen = whole.find(({ version: [, minor] }) => minor <= 13) ?? whole[0];
  if (chosen) return { command: chosen.command, repair: repairVenv(chosen) };

  const described = found.map(({ command, version }) => `${command} is ${version.join('.')}`).join(', ') || 'none was found';
  if (recent.length === 0) {
    throw new Problem(`expected Python 3.10 or later for JupyterLab, ${wished ? `FOVEA_PYTHON=${wished}: ` : ''}${described}`, {
      remedy: 'apt install python3 python3-venv (Debian, Ubuntu), or name another one: FOVEA_PYTHON=/path/to/python3 npm start',
    });
  }
  throw new Problem(
    `${recent[0].command} (${recent[0].version.join('.')}) has no module ${missing(recent[0])}, which makes JupyterLab's environment`,
    {
      remedy: repairVenv(recent[0]),
    },
  );
}

const missing = ({ modules }) => ['venv', 'ensurepip'].filter((name) => !modules.includes(name)).join(' and ');
const repairVenv = ({ version: [, minor] }) => `apt install python3-venv (or python3.${minor}-venv), then repeat`;

function ask(command) {
  const { status, stdout } = spawnSync(command, ['-c', ASK], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return undefined;
  try {
    return { command, ...JSON.parse(stdout) };
  } catch {
    return undefined;
  }
}
