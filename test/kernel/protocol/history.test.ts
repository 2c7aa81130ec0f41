import { describe, expect, it } from 'vitest';
import { cellHistory } from '../../../lib/kernel/protocol/history';

const five = cellHistory();
for (const [index, input] of ['a = 1', 'b(2)', 'a = 1', 'long\nname', '[x]'].entries()) five.add(index + 1, input);
five.setOutput(2, '4');
const lines = (request: Record<string, unknown>, history = five): number[] =>
  (history.answer(request).history as [number, number, unknown][]).map(([, line]) => line);

describe('the history of a kernel', () => {
  it('gives its last cells in order, all where no number is given', () => {
    expect(five.answer({ hist_access_type: 'tail', n: 2 })).toEqual({
      status: 'ok',
      history: [
        [0, 4, 'long\nname'],
        [0, 5, '[x]'],
      ],
    });
    expect(lines({ hist_access_type: 'tail' })).toEqual([1, 2, 3, 4, 5]);
    expect(lines({ hist_access_type: 'tail', n: 0 })).toEqual([]);
  });

  it('gives input and output as a pair where asked, null where there is none', () => {
    const { history } = five.answer({ hist_access_type: 'range', session: 0, start: 2, stop: 4, output: true });
    expect(history).toEqual([
      [0, 2, ['b(2)', '4']],
      [0, 3, ['a = 1', null]],
    ]);
  });

  it('gives a range without its end, and nothing of another session', () => {
    expect(lines({ hist_access_type: 'range', session: 0, start: 4 })).toEqual([4, 5]);
    expect(lines({ hist_access_type: 'range', session: 0, start: 1, stop: 1 })).toEqual([]);
    expect(lines({ hist_access_type: 'range', session: -1, start: 1, stop: 9 })).toEqual([]);
  });

  it('finds by a pattern of the whole cell, where only * and ? are special', () => {
    const search = (pattern: string, more = {}): number[] => lines({ hist_access_type: 'search', pattern, ...more });
    expect(search('a*')).toEqual([1, 3]);
    expect(search('a*', { unique: true })).toEqual([3]);
    expect(search('*', { n: 2 })).toEqual([4, 5]);
    expect(search('?(?)')).toEqual([2]);
    expect(search('long*me')).toEqual([4]);
    expect(search('[x]')).toEqual([5]);
    expect(search('a')).toEqual([]);
  });

  it('keeps the last 1,000 cells', () => {
    const many = cellHistory();
    for (let line = 1; line <= 1500; line++) many.add(line, 'x');
    expect(lines({ hist_access_type: 'tail' }, many).slice(0, 1)).toEqual([501]);
    many.setOutput(1, 'of a cell that is no longer kept');
  });
});
