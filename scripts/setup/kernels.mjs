/**
 * fovea_kernels.node: our own operations for TensorFlow (lib/native/kernels), for this very processor. An object file a source,
 * as many at a time as there are processors. Without them the lab is slower, no more.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from './child.mjs';
import { at, binding } from './places.mjs';
import { text } from './stamp.mjs';

// Never at link: there -ffast-math would switch denormal numbers off for the whole process. NaN and infinity stay what they are.
const FLAGS = ['-std=c++17', '-O3', '-march=native', '-ffast-math', '-fno-finite-math-only', '-fPIC', '-w', '-DNAPI_VERSION=8'];
const folder = at('lib', 'native', 'kernels');

export const kernels = join(dirname(binding), 'fovea_kernels.node');

/** Everything that they depend on beside TensorFlow: also what -march=native means here, so that a folder copied to another processor is built again. */
export function kernelsKey(compiler) {
  const sources = readdirSync(folder).filter((name) => /\.(cc|h)$/.test(name));
  const processor = compiler && spawnSync(compiler, ['-march=native', '-E', '-v', '-x', 'c++', '/dev/null'], { encoding: 'utf8' }).stderr;
  const target = processor?.split('\n').find((line) => /cc1plus|-target-cpu/.test(line));
  return [FLAGS, target, sources.sort().map((name) => [name, text(join(folder, name))])];
}

/** Undefined when they were compiled, else what the compiler printed. `include` and `link` are arguments of the compiler. */
export async function compileKernels({ compiler, include, link, log }) {
  const objects = mkdtempSync(join(dirname(binding), 'kernels-'));
  const waiting = readdirSync(folder).filter((name) => name.endsWith('.cc'));
  const failed = [];
  const compileNext = async () => {
    for (let name = waiting.shift(); name && failed.length === 0; name = waiting.shift()) {
      const { code, output } = await run(
        compiler,
        [...FLAGS, ...include, '-c', join(folder, name), '-o', join(objects, `${basename(name, '.cc')}.o`)],
        { log },
      );
      if (code !== 0) failed.push(output);
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
    if (failed.length > 0) return failed[0];
    const made = join(objects, basename(kernels));
    const parts = readdirSync(objects).map((name) => join(objects, name));
    const { code, output } = await run(compiler, ['-shared', ...parts, ...link, '-o', made], { log });
    if (code !== 0) return output;
    renameSync(made, kernels);
    return undefined;
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}
