/** The Jupyter project's own suite, jupyter_kernel_test, against the kernel as Jupyter starts it: by our kernelspec. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { prepareJupyter, processEnvironment } from '../../../lib/kernel/jupyter';
import { KERNEL_NAME, writeKernelspec } from '../../../lib/kernel/kernelspec';

const root = resolve(__dirname, '..', '..', '..');

it("passes every test of Jupyter's own suite, and skips none", async () => {
  prepareJupyter(root);
  writeKernelspec(root);
  const python = join(root, '.venv', 'bin', 'python');
  // from here `fovea` and tslab are found, as they are from a notebook's folder
  const suite = spawn(python, [join(__dirname, 'suite.py')], {
    cwd: resolve(root, 'test'),
    env: { ...processEnvironment(root), KERNEL_NAME },
  });
  const said: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    suite[name].on('data', (data: Buffer) => {
      said[name] += data.toString('utf8');
    });
  }
  const code = await new Promise((done) => suite.once('close', done));
  process.stdout.write(said.stdout);
  expect(said.stdout, said.stderr).toMatch(/^Ran 13 tests in .*\n\nOK\n$/m); // where some are skipped: OK (skipped=1)
  expect(code).toBe(0);
}, 180_000);
