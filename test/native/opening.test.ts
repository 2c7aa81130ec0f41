/** What opening TensorFlow's libraries leaves in memory, seen by a process that has just started the backend. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { backend } from '../../lib/native/backend';

const root = resolve(__dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache'); // where the program below finds its packages
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'opening-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// MB of the two libraries that are in memory and as they are in the file
const contents = `
import { readFileSync } from 'node:fs';
import { ready } from './lib/native/backend';
ready().then(() => {
  const parts = readFileSync('/proc/self/smaps', 'utf8').split(/\\n(?=[0-9a-f]+-[0-9a-f]+ )/);
  const kept = parts.filter((part) => /libtensorflow/.test(part.split('\\n')[0]));
  const clean = kept.map((part) => Number(/Rss: +(\\d+)/.exec(part)[1]) - Number(/Private_Dirty: +(\\d+)/.exec(part)[1]));
  console.log(kept.length, clean.reduce((sum, size) => sum + size, 0) / 1024);
});
`;

describe.runIf(process.platform === 'linux')('the opened libraries', () => {
  it('keep in memory what is used of them, not the 250 MB that opening read', ({ skip }) => {
    if (backend().name !== 'native') skip('the backend is wasm here');
    const outfile = join(folder, 'started.cjs');
    buildSync({ stdin: { contents, resolveDir: root, loader: 'ts' }, bundle: true, platform: 'node', packages: 'external', outfile });
    const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
    const [parts, megabytes] = stdout.split(' ').map(Number);
    expect(parts, stderr).toBeGreaterThan(4);
    expect(megabytes).toBeLessThan(60);
  });
});
