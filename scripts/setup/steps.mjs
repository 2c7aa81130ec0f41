/** The steps between a clone and a lab, in order; one that is done is passed over. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binding } from './binding.mjs';
import { throwIfSignalled } from './child.mjs';
import { demandDisk } from './disk.mjs';
import { kernelspec } from './kernelspec.mjs';
import { library } from './library.mjs';
import { nodePackages } from './nodePackages.mjs';
import { logs } from './places.mjs';
import { Problem } from './problem.mjs';
import { remark, timed, unchanged } from './progress.mjs';
import { pythonPackages } from './pythonPackages.mjs';
import { tensorflow } from './tensorflow.mjs';

const native = process.env.FOVEA_BACKEND === 'wasm' ? [] : [tensorflow, binding];
export const SETUP = [nodePackages, pythonPackages, ...native, library, kernelspec];

export async function takeSteps(steps) {
  mkdirSync(logs, { recursive: true });
  const release = lock(join(logs, 'lock'));
  try {
    const passed = [];
    let asked = false;
    for (const [index, step] of steps.entries()) {
      throwIfSignalled();
      if (step.done()) {
        passed.push(step);
        continue;
      }
      if (step.always) {
        await step.make();
        continue;
      }
      if (!asked) {
        // what all that is left will take, so that it does not end in the middle
        demandDisk([step, ...steps.slice(index + 1).filter((later) => !later.done())].reduce((sum, { disk }) => sum + disk, 0));
        asked = true;
      }
      const log = join(logs, `${step.name.toLowerCase().replaceAll(' ', '-')}.log`);
      rmSync(log, { force: true });
      await timed(step.name, () => step.make(log));
    }
    unchanged(passed.map(({ name }) => name));
    for (const step of passed) if (step.note?.()) remark(step.name, step.note());
  } finally {
    release();
  }
}

/** Two set-ups at once would remove each other's folders. */
function lock(path) {
  const take = () => writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
  try {
    take();
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = Number(readFileSync(path, 'utf8'));
    if (alive(holder))
      throw new Problem(`another set-up of this folder is at work (process ${holder})`, {
        remedy: `wait for it to end, then repeat; if it is none, rm ${path}`,
      });
    rmSync(path, { force: true });
    take();
  }
  return () => rmSync(path, { force: true });
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
