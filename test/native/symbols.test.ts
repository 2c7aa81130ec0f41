/**
 * Node exports names that TensorFlow's libraries also have (OpenSSL, zlib, c-ares ...). The dynamic linker itself says, under
 * LD_DEBUG=bindings, which copy each symbol of theirs was bound to; opened with RTLD_DEEPBIND it is never Node's.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { backend } from '../../lib/native/backend';

const root = resolve(__dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache'); // where the program below finds its packages
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'symbols-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a TensorFlow library took from Node's executable, but for templates of the C++ standard library, which are the same code. */
async function boundToNode(program: string): Promise<string[]> {
  const output = join(folder, 'bindings');
  const { status, stderr } = spawnSync(process.execPath, [program], {
    env: { ...process.env, LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: output },
    encoding: 'utf8',
  });
  expect(status, stderr.slice(-500)).toBe(0);
  const found: string[] = [];
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('bindings'))) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      const symbol = /libtensorflow\S* \[0\] to (\S+) \[0\]: normal symbol `(\w+)'/.exec(line);
      if (symbol?.[1] === process.execPath && !/^_ZN?K?St/.test(symbol[2]!)) found.push(symbol[2]!);
    }
    rmSync(join(folder, name));
  }
  return found;
}

describe.runIf(process.platform === 'linux')('symbols of the TensorFlow libraries', () => {
  it('are bound to their own copies when the backend opens them', async ({ skip }) => {
    if (backend().name !== 'native') skip('the backend is wasm here');
    const program = join(folder, 'ours.cjs');
    const contents = `import { ready } from './lib/native/backend'; ready().then(({ name }) => process.exit(name === 'native' ? 0 : 1));`;
    buildSync({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'node',
      packages: 'external',
      outfile: program,
    });
    expect(await boundToNode(program)).toEqual([]);
  });

  it('would by the hundred be bound to those of Node if opened the usual way', async ({ skip }) => {
    if (backend().name !== 'native') skip('the backend is wasm here');
    const program = join(folder, 'usual.cjs');
    const path = join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8', 'tfjs_binding.node');
    writeFileSync(program, `process.dlopen({ exports: {} }, ${JSON.stringify(path)}, ${constants.dlopen.RTLD_NOW}); process.exit(0);`);
    expect((await boundToNode(program)).length).toBeGreaterThan(100);
  });
});
