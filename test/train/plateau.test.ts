import { describe, expect, it } from 'vitest';
import { type PlateauOptions, plateau } from '../../lib/train/plateau';

/** The rate after each value, from 1. */
function rates(options: PlateauOptions, values: readonly number[]): number[] {
  const { init, next } = plateau(options);
  let state = init(1);
  return values.map((value) => {
    state = next(state, value);
    return state.rate;
  });
}

describe('plateau', () => {
  it('waits `patience` epochs without improvement, and reduces at the next', () => {
    expect(rates({ patience: 2, factor: 0.5 }, [5, 5, 5, 5, 5, 5, 5])).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25]);
  });

  it('counts from the last improvement', () => {
    expect(rates({ patience: 1, factor: 0.5 }, [5, 5, 4, 4, 4])).toEqual([1, 1, 1, 1, 0.5]);
  });

  it('takes a change within the threshold for none, relative or absolute', () => {
    expect(rates({ patience: 0, factor: 0.5, threshold: 0.1 }, [10, 9.5, 8.9])).toEqual([1, 0.5, 0.5]);
    expect(rates({ patience: 0, factor: 0.5, threshold: 0.1, thresholdMode: 'abs' }, [10, 9.5, 9.45])).toEqual([1, 1, 0.5]);
  });

  it('goes by the greatest value where more is better', () => {
    expect(rates({ mode: 'max', patience: 0, factor: 0.5 }, [0.5, 0.6, 0.6])).toEqual([1, 1, 0.5]);
  });

  it('counts nothing during the cooldown', () => {
    expect(rates({ patience: 0, factor: 0.5, cooldown: 2 }, [5, 5, 5, 5, 5])).toEqual([1, 0.5, 0.5, 0.5, 0.25]);
  });

  it('ends at the least rate, and leaves out a reduction that is none', () => {
    expect(rates({ patience: 0, factor: 0.1, minRate: 0.04 }, [5, 5, 5, 5])).toEqual([1, 0.1, 0.04, 0.04]);
    expect(rates({ patience: 0, factor: 0.5, epsilon: 0.3 }, [5, 5, 5])).toEqual([1, 0.5, 0.5]);
  });

  it('takes a loss that is not a number for no improvement', () => {
    expect(rates({ patience: 0, factor: 0.5 }, [Number.NaN, 5, Number.NaN])).toEqual([0.5, 0.5, 0.25]);
  });

  it('refuses options that make no sense', () => {
    expect(() => plateau({ factor: 1 })).toThrow('plateau: expected factor to be a number from 0 and below 1, got 1');
    expect(() => plateau({ mode: 'least' as never })).toThrow('plateau: expected mode to be one of min, max, got least');
  });
});
