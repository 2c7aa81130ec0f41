/** Where everything lies. The root is found from this file, so that the working directory does not matter. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const at = (...parts) => join(root, ...parts);

export const windows = process.platform === 'win32';
export const venv = at('.venv');
export const venvPython = windows ? at('.venv', 'Scripts', 'python.exe') : at('.venv', 'bin', 'python');
export const logs = at('.setup');
export const tfjsNode = at('node_modules', '@tensorflow', 'tfjs-node');
export const binding = join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node');

/** The wheel's folder with the TensorFlow libraries and headers, where the environment has it. */
export function tensorflowFolder() {
  if (windows)
    return existsSync(at('.venv', 'Lib', 'site-packages', 'tensorflow')) ? at('.venv', 'Lib', 'site-packages', 'tensorflow') : undefined;
  const lib = at('.venv', 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('python')) : [];
  return versions.map((name) => join(lib, name, 'site-packages', 'tensorflow')).find((folder) => existsSync(folder));
}
