/** The room that the set-up needs, asked for before it begins rather than found out in the middle. */
import { statfsSync } from 'node:fs';
import { root } from './places.mjs';
import { Problem } from './problem.mjs';

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;

export function demandDisk(bytes, folder = root) {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new Problem(`expected ${gigabytes(bytes)} of free disk in ${folder}, got ${gigabytes(free)}`, {
    remedy: 'free some space there, or clone the project onto a larger disk',
  });
}
