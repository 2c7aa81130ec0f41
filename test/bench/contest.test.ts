import { describe, expect, it } from 'vitest';
import { disagreement } from '../../bench/contest';
import { processorList } from '../../bench/engines';

describe('a contest', () => {
  it('takes values as equal up to a ten-thousandth', () => {
    expect(disagreement([2.3, 1.0001], [2.3, 1])).toBeUndefined();
    expect(disagreement([2.3, 1.001], [2.3, 1])).toBe('1 as value 2, got 1.001');
    expect(disagreement([Number.NaN], [1])).toBe('1 as value 1, got NaN');
    expect(disagreement([1], [1, 2])).toBe('2 values, got 1');
  });

  it('reads which processors it may use', () => {
    expect(processorList('0-2,5')).toEqual([0, 1, 2, 5]);
    expect(processorList('3')).toEqual([3]);
  });
});
