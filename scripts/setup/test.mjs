/** `npm test`: groups in turn, each with its own output; the first that fails ends the run, and the last line counts all. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { show } from './child.mjs';
import { chromium } from './chromium.mjs';
import { at, logs } from './places.mjs';
import { Problem } from './problem.mjs';
import { readStamp } from './stamp.mjs';
import { testPackages } from './testPackages.mjs';

const node = (args, env) => show(process.execPath, args, { env: { ...process.env, ...env } });
const tool = (...parts) => at('node_modules', ...parts);
const checked = async (code) => ({ code: await code, passed: 0, failed: 0, skipped: 0 });

const GROUPS = [
  // lib itself has been compiled, and so type-checked, by the set-up
  { name: 'types', run: () => checked(node([tool('typescript', 'bin', 'tsc'), '-p', at('test', 'tsconfig.json')])) },
  { name: 'lint', run: () => checked(node([tool('@biomejs', 'biome', 'bin', 'biome'), 'check'])) },
  { name: 'unit', needs: [testPackages], run: () => vitest('unit') },
  {
    name: 'wasm',
    run: () =>
      vitest('unit', {
        env: { FOVEA_BACKEND: 'wasm' },
        only: ['wasm', 'tensor', 'layers', 'attention', 'models', 'explain', 'train'],
      }),
  },
  { name: 'notebooks', needs: [testPackages], run: () => vitest('notebooks') },
  { name: 'browser', needs: [chromium], run: () => vitest('browser') },
  { name: 'setup', run: () => vitest('setup') },
];

export function chosenGroups(names) {
  const known = GROUPS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown)
    throw new Problem(`expected groups of tests out of ${known.join(', ')}, got ${unknown}`, {
      remedy: 'npm test, or npm test -- unit',
      code: 2,
    });
  return names.length ? GROUPS.filter(({ name }) => names.includes(name)) : GROUPS;
}

export async function runGroups(groups) {
  const results = [];
  for (const { name, run } of groups) {
    console.log(`\n── ${name} ──`);
    const began = Date.now();
    results.push({ name, ...(await run()), seconds: (Date.now() - began) / 1000 });
    if (results.at(-1).code !== 0) break;
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log();
  for (const { name, code, seconds, passed } of results) {
    console.log(`  ${code === 0 ? '✓' : '✗'} ${name.padEnd(12)}${seconds.toFixed(1).padStart(7)} s${passed ? `   ${passed} passed` : ''}`);
  }
  for (const { name } of groups.slice(results.length)) console.log(`  - ${name.padEnd(12)}not run`);
  // type check and lint count as one each, so that their failure is never "0 failed"
  const whole = results.filter(({ passed, failed }) => passed + failed === 0);
  const passed = sum('passed') + whole.filter(({ code }) => code === 0).length;
  const failed = sum('failed') + whole.filter(({ code }) => code !== 0).length;
  const skipped = sum('skipped');
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return results.every(({ code }) => code === 0) ? 0 : 1;
}

async function vitest(project, { env = {}, only = [] } = {}) {
  const report = join(logs, `${project}.json`);
  rmSync(report, { force: true });
  const args = ['run', '--config', at('test', 'vitest.config.mts'), '--project', project, ...only.map((folder) => `test/${folder}/`)];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await node([tool('vitest', 'vitest.mjs'), ...args, ...reporters], env);
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = readStamp(report);
  // a file that does not even load fails the run without a failed test
  return { code, passed: numPassedTests, failed: Math.max(numFailedTests, code === 0 ? 0 : 1), skipped: numPendingTests };
}
