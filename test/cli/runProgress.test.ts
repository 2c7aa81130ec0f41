import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runProgress } from '../../lib/cli/runProgress';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function screen(isTTY: boolean, columns = 80): { said: string[]; write: (text: string) => void; isTTY: boolean; columns: number } {
  const said: string[] = [];
  return { said, write: (text) => void said.push(text), isTTY, columns };
}

describe('the progress of a run', () => {
  it('is a line at the start and the end, and one a minute, where there is no terminal', () => {
    const { said, ...rest } = screen(false);
    const progress = runProgress(rest);
    progress.start('train', ['a', 'b'], {});
    progress.cell('train', { cell: 3, of: 9, id: 'b' });
    vi.advanceTimersByTime(150_000);
    progress.end('train', 'ok, 150.0 s');
    progress.close();
    expect(said).toEqual([
      'train: 2 cells\n',
      'train: cell 3 of 9, 1 min 0 s\n',
      'train: cell 3 of 9, 2 min 0 s\n',
      'train: ok, 150.0 s\n',
    ]);
  });

  it('is one line that is written over, on a terminal, with the time that is expected', () => {
    const { said, ...rest } = screen(true);
    const progress = runProgress(rest);
    progress.start('train', ['a', 'b', 'c'], { a: 10, b: 20, c: 30 });
    progress.cell('train', { cell: 1, of: 3, id: 'a' });
    vi.advanceTimersByTime(1000);
    expect(said.at(-1)).toBe('\r\x1b[Ktrain: cell 1 of 3, 1 s of about 1 min 0 s');
    vi.advanceTimersByTime(14_000); // five seconds longer than the last time
    progress.cell('train', { cell: 2, of: 3, id: 'b' });
    expect(said.at(-1)).toBe('\r\x1b[Ktrain: cell 2 of 3, 15 s of about 1 min 5 s');
    vi.advanceTimersByTime(100_000); // longer than expected
    expect(said.at(-1)).toBe('\r\x1b[Ktrain: cell 2 of 3, 1 min 55 s of about 1 min 55 s');
    progress.end('train', 'ok');
    expect(said.slice(-2)).toEqual(['\r\x1b[Ktrain: ok\n', '\r\x1b[K']);
    progress.close();
    expect(said.join('').split('\n')).toHaveLength(2);
  });

  it('says nothing of a time that it does not know, or that is short', () => {
    const { said, ...rest } = screen(false);
    const progress = runProgress(rest);
    progress.start('unknown', ['a'], { other: 100 });
    progress.start('short', ['a'], { a: 4 });
    progress.start('known', ['a', 'b'], { a: 40 });
    progress.close();
    expect(said).toEqual(['unknown: 1 cell\n', 'short: 1 cell\n', 'known: 2 cells, about 40 s\n']);
  });

  it('fits two notebooks into one line of a narrow terminal', () => {
    const { said, ...rest } = screen(true, 40);
    const progress = runProgress(rest);
    progress.start('first', ['a'], {});
    progress.start('second', ['a'], {});
    progress.close();
    expect(said[1]).toBe('\r\x1b[Kfirst: starting, 0 s | second: starting');
    expect(said[1]!.slice(4)).toHaveLength(39);
  });
});
