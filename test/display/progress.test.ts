import { afterEach, describe, expect, it, vi } from 'vitest';
import { progress } from '../../lib/display/progress';
import { duration, line } from '../../lib/display/progressLine';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('progress', () => {
  it('shows a bar, the rate and the time left', () => {
    const text = line({ label: 'training', unit: 'epochs', done: 3, total: 12, seconds: 6, note: 'loss 0.5' });
    expect(text).toBe(`training ${'█'.repeat(6)}${'░'.repeat(18)} 3/12 epochs  0.50 epochs/s  18 s left  loss 0.5`);
  });

  it('shows neither rate nor time before the first step', () => {
    expect(line({ label: 'training', unit: 'steps', done: 0, total: 4, seconds: 0, note: '' })).toBe(
      `training ${'░'.repeat(24)} 0/4 steps`,
    );
  });

  it('writes a line a tenth into a file, however often it is told', () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const { isTTY } = process.stderr;
    process.stderr.isTTY = false;
    const bar = progress({ total: 1000, label: 'reading' });
    for (let i = 1; i <= 1000; i++) bar.tick(i);
    bar.done();
    process.stderr.isTTY = isTTY;
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines[0]).toContain('0/1000 steps');
    expect(lines.at(-1)).toBe('reading: 1000 of 1000 steps\n');
  });

  it('rewrites its line in a terminal, no wider than the terminal is', () => {
    const texts: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
    const { isTTY, columns } = process.stderr;
    Object.assign(process.stderr, { isTTY: true, columns: 20 });
    progress({ total: 2, label: 'a label that is rather long' }).tick(2);
    Object.assign(process.stderr, { isTTY, columns });
    expect(texts.every((text) => text.startsWith('\r') && text.endsWith('\x1b[K'))).toBe(true);
    expect(Math.max(...texts.map((text) => text.length))).toBe(1 + 19 + 3);
  });

  it('wants something to count', () => {
    expect(() => progress({ total: 0, label: 'x' })).toThrow('progress: expected a total above 0, got 0');
  });
});

describe('duration', () => {
  it('is written in the two largest units', () => {
    expect([4.4, 75, 3725].map(duration)).toEqual(['4 s', '1 min 15 s', '1 h 2 min']);
  });
});
