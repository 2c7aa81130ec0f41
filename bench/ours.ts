/**
 * Fovea in a process of its own: `ours.js compiled|eager TASK DATA` takes steps, `ours.js write TASK DATA` writes the weights
 * and inputs that all engines begin with. On wasm it is the same code.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { compile, interpreted, ready, tf } from 'fovea';
import { decodeSafetensors, encodeSafetensors } from 'fovea/dist/native/safetensors';
import { serve } from './engineProcess';
import { attention } from './kinds/attention';
import { infer } from './kinds/infer';
import type { Kind } from './kinds/kind';
import { train } from './kinds/train';
import type { Task } from './task';

const kinds: { readonly [K in Task['kind']]: Kind<never> } = { attention, infer, train };
const { version } = require('fovea/package.json') as { version: string };

async function main([mode, text, path]: readonly string[]): Promise<void> {
  const task = JSON.parse(text!) as Task;
  const kind = kinds[task.kind] as Kind<Task>;
  const { tensorflow } = await ready();
  if (mode === 'write') {
    writeFileSync(path!, encodeSafetensors(kind.data(task)));
    return;
  }
  const versions = { fovea: version, tfjs: tf.version_core, node: process.version, ...(tensorflow !== undefined && { tensorflow }) };
  await serve(async () => ({
    versions,
    ...kind.engine(task, decodeSafetensors(readFileSync(path!), path!), mode === 'compiled' ? compile : interpreted),
  }));
}

void main(process.argv.slice(2));
