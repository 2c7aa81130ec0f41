import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';

const root = resolve(__dirname, '../..');
// inside node_modules, so that the packages are found from there
const folder = mkdtempSync(join(root, 'node_modules', '.fovea-processes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = `
const { createHash } = require('node:crypto');
const { examples } = require('./test/plot/examples.js');
const { encode } = require('./lib/display/encode.js');
const { stampOf } = require('./lib/display/provenance.js');
(async () => {
  const sums = {};
  for (const [name, figure] of Object.entries(examples)) {
    if (figure.renderer !== 'vega-lite') continue;
    const files = await encode(figure, ['svg', 'png', 'pdf'], await stampOf(figure, { commit: 'abc' }));
    for (const [format, bytes] of files) sums[name + '.' + format] = createHash('sha256').update(bytes).digest('hex');
  }
  process.stdout.write(JSON.stringify(sums));
})();
`;

it('two processes draw every figure to the same bytes, as SVG, PNG and PDF', async () => {
  const sources = ['lib/plot', 'lib/display', 'lib/native'].flatMap((part) =>
    readdirSync(join(root, part))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(root, part, name)),
  );
  await build({
    entryPoints: [...sources, join(root, 'test/plot/examples.ts')],
    outdir: folder,
    outbase: root,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
  });
  symlinkSync(join(root, 'lib/display/fonts'), join(folder, 'lib/display/fonts'));
  writeFileSync(join(folder, 'program.js'), program);
  expect(existsSync(join(folder, 'lib/display/encode.js'))).toBe(true);
  // another working folder, language and time zone are no part of a figure
  const sums = (env: object, cwd: string) =>
    JSON.parse(
      execFileSync(process.execPath, [join(folder, 'program.js')], { encoding: 'utf8', cwd, env: { ...process.env, ...env } }),
    ) as Record<string, string>;
  const [first, second] = [sums({ TZ: 'UTC', LANG: 'C' }, root), sums({ TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', HOME: '/' }, folder)];
  expect(Object.keys(first).length).toBeGreaterThanOrEqual(3 * 13);
  expect(second).toEqual(first);
});
