/** A process that saves without pause is killed 200 times: no checkpoint that it finished is lost or changed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { decodeSafetensors } from '../../lib/native/safetensors';
import { isWhole, readWhole } from '../../lib/native/wholeFolder';
import { stream } from '../../lib/tensor/random';

const NAME = 'tensors.safetensors';
const KEPT = 3;
const built = (file: string): string => JSON.stringify(resolve('lib/dist/native', file));

/** Writes checkpoint after checkpoint from a number on, says each that is finished, and removes old ones. Opens no backend: it starts fast. */
const saver = `
  const { writeSync } = require('node:fs');
  const { encodeSafetensors } = require(${built('safetensors.js')});
  const { removeWhole, writeWhole } = require(${built('wholeFolder.js')});
  const [folder, first] = process.argv.slice(1);
  for (let n = Number(first); ; n++) {
    const values = new Float32Array(20000).fill(n);
    writeWhole(folder + '/' + n, { [${JSON.stringify(NAME)}]: encodeSafetensors({ w: { dtype: 'F32', shape: [20000], values } }) });
    writeSync(1, n + '\\n');
    removeWhole(folder + '/' + (n - ${KEPT}));
  }
`;

/** Lets the saver run until it has finished one checkpoint, and kills it a moment later; the last that it finished. */
async function killedAt(folder: string, first: number, pause: number): Promise<number> {
  const child = spawn(process.execPath, ['-e', saver, folder, `${first}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = 0;
  createInterface(child.stdout).on('line', (line) => {
    if (last === 0) setTimeout(() => child.kill('SIGKILL'), pause);
    last = Number(line);
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  return last;
}

it('loses no finished checkpoint in 200 kills', async () => {
  let kills = 0;
  let midway = 0;
  const lane = async (seed: number): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-'));
    const pause = stream(seed, 'pauses');
    try {
      for (let first = 1; kills < 200; ) {
        kills += 1;
        const last = await killedAt(folder, first, 15 * pause());
        expect(last).toBeGreaterThanOrEqual(first);
        const found = readdirSync(folder);
        midway += found.some((name) => name.endsWith('.tmp')) ? 1 : 0;
        const whole = found.filter((name) => /^\d+$/.test(name) && isWhole(join(folder, name))).map(Number);
        for (let n = Math.max(1, last - KEPT + 1); n <= last; n++) expect(whole).toContain(n);
        for (const n of whole) {
          const values = decodeSafetensors(readWhole(join(folder, `${n}`), [NAME])[NAME], `${n}`)['w']!.values as Float32Array;
          expect(values.every((value) => value === n)).toBe(true);
        }
        for (const name of found.filter((name) => name.endsWith('.tmp'))) rmSync(join(folder, name), { recursive: true });
        first = Math.max(...whole) + 1;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  await Promise.all([1, 2, 3, 4].map(lane));
  expect(midway).toBeGreaterThan(20); // else the kills came between two saves, and nothing was shown
}, 120_000);
