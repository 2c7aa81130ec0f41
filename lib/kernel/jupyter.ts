/**
 * Jupyter of this project alone: all it writes stays below `.jupyter/`, nothing of the user's or another installation's
 * Jupyter is read, no news or update is asked for.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../display/write';

const FOLDERS = {
  JUPYTER_CONFIG_DIR: 'config',
  JUPYTER_DATA_DIR: 'data',
  JUPYTER_RUNTIME_DIR: 'runtime',
  JUPYTERLAB_SETTINGS_DIR: 'lab/settings',
  JUPYTERLAB_WORKSPACES_DIR: 'lab/workspaces',
  IPYTHONDIR: 'ipython',
} as const;

/** Variables through which another installation would be read. */
const FOREIGN = ['JUPYTER_PATH', 'JUPYTER_CONFIG_PATH', 'JUPYTERLAB_DIR', 'JUPYTER_TOKEN', 'PYTHONPATH', 'PYTHONHOME', 'PYTHONSTARTUP'];

export const runtimeFolder = (root: string): string => join(root, '.jupyter', FOLDERS.JUPYTER_RUNTIME_DIR);

/** What every `jupyter` command of the project has to be given: without it Jupyter writes into the user's home. */
export function jupyterEnvironment(root: string): Record<string, string> {
  const folders = Object.entries(FOLDERS).map(([name, folder]) => [name, join(root, '.jupyter', folder)]);
  return { ...Object.fromEntries(folders), JUPYTER_PLATFORM_DIRS: '1', PYTHONNOUSERSITE: '1' };
}

/** The same on top of the current environment, less what leads to other installations. */
export function processEnvironment(root: string): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of FOREIGN) delete env[name];
  return { ...env, ...jupyterEnvironment(root) };
}

/** Makes the folders, and switches the news prompt off. */
export function prepareJupyter(root: string): void {
  const env = jupyterEnvironment(root);
  for (const name of Object.keys(FOLDERS)) mkdirSync(env[name]!, { recursive: true, mode: 0o700 });
  const page = { disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } };
  writeWhole(join(env.JUPYTER_CONFIG_DIR!, 'labconfig', 'page_config.json'), `${JSON.stringify(page, null, 1)}\n`);
}
