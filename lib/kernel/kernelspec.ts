/** How Jupyter finds and starts the kernel: `.jupyter/data/kernels/tslab/kernel.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../display/write';

/** tslab's own name, so that the notebooks also open where stock tslab is installed. */
export const KERNEL_NAME = 'tslab';
export const KERNEL_DISPLAY_NAME = 'TypeScript (Fovea)';

/** A timer's callback may be ended from outside, where Node's check would abort the process. */
const NODE_FLAGS = ['--no-force-async-hooks-checks'];

/** The program and its arguments; Jupyter puts the connection file's path where `{connection_file}` stands. */
export function kernelCommand(root: string, connectionFile: string): string[] {
  return [process.execPath, ...NODE_FLAGS, join(root, 'lib', 'dist', 'kernel', 'launcher.js'), '--config-path', connectionFile];
}

export function kernelEnvironment(): Record<string, string> {
  return { NODE_NO_WARNINGS: '1', TF_CPP_MIN_LOG_LEVEL: '2' };
}

export const kernelspecPath = (root: string): string => join(root, '.jupyter', 'data', 'kernels', KERNEL_NAME, 'kernel.json');

/** Writes the kernelspec of the project at `root`; returns its path. */
export function writeKernelspec(root: string): string {
  const path = kernelspecPath(root);
  const spec = {
    argv: kernelCommand(root, '{connection_file}'),
    display_name: KERNEL_DISPLAY_NAME,
    env: kernelEnvironment(),
    interrupt_mode: 'message',
    language: 'typescript',
    metadata: { debugger: false },
  };
  const text = `${JSON.stringify(spec, null, 1)}\n`;
  if (textOf(path) !== text) writeWhole(path, text); // whole or not at all: a server may be reading it
  return path;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
