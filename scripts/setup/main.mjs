/** The two commands, and what their ends mean: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
import { watchSignals } from './child.mjs';
import { chromium } from './chromium.mjs';
import { Problem, tell } from './problem.mjs';
import { prove, sayChromium, serve } from './start.mjs';
import { SETUP, takeSteps } from './steps.mjs';
import { chosenGroups, runGroups } from './test.mjs';
import { testPackages } from './testPackages.mjs';

const USAGE = 'npm start -- [--once] [options of `fovea lab`], npm test, or npm test -- unit';

export async function main([command, ...options]) {
  const unwatch = watchSignals();
  try {
    if (command === 'start') await start(options, unwatch);
    else if (command === 'test') process.exitCode = await test(options);
    else throw new Problem(`expected start or test, got ${command ?? 'nothing'}`, { remedy: USAGE, code: 2 });
  } catch (error) {
    process.exitCode = tell(error);
  } finally {
    unwatch();
  }
}

async function start(options, unwatch) {
  const once = options.includes('--once');
  await takeSteps(SETUP);
  sayChromium();
  await prove({ again: once });
  if (once) return;
  unwatch();
  serve(options.filter((option) => option !== '--once'));
}

async function test(options) {
  const groups = chosenGroups(options);
  const needed = (step) => groups.some(({ needs = [] }) => needs.includes(step));
  await takeSteps([...SETUP, ...[testPackages, chromium].filter(needed)]);
  return runGroups(groups);
}
