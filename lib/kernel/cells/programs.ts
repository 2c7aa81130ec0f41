/** The program that a blocked thread waits for, which nothing but its own end lets go on. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Sends the signal to the newest child of a process and to what that has started: the child the process is waiting for. */
export function endNewestChild(pid: number, signal: NodeJS.Signals): void {
  const newest = childrenOf(pid).at(-1);
  if (newest !== undefined) endTree(newest, signal);
}

function endTree(pid: number, signal: NodeJS.Signals): void {
  for (const child of childrenOf(pid)) endTree(child, signal);
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

/** Of the main thread of a process, the oldest first. */
function childrenOf(pid: number): number[] {
  try {
    const list = process.platform === 'linux' ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') : pgrep(pid);
    return list.split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return []; // it has ended, or has none
  }
}

const pgrep = (pid: number): string =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
