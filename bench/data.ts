/** The file with the weights and inputs that all engines begin with: seeded, written by ours. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from './engines';
import { folders } from './folders';
import type { Task } from './task';

/** The file is there while `body` runs. */
export async function withData<T>(task: Task, body: (path: string) => Promise<T>): Promise<T> {
  mkdirSync(folders.made, { recursive: true });
  const folder = mkdtempSync(join(folders.made, 'data-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove); // an interrupt
  try {
    const path = join(folder, 'data.safetensors');
    const args = [join(__dirname, 'ours.js'), 'write', JSON.stringify(task), path];
    const { status, stderr } = spawnSync(process.execPath, args, { env: environment(1), encoding: 'utf8' });
    if (status !== 0) throw new Error(`bench: the weights and inputs could not be written:\n${stderr.trim()}`);
    return await body(path);
  } finally {
    remove();
    process.off('exit', remove);
  }
}
