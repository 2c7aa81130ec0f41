import { describe, expect, it } from 'vitest';
import { floatText, numberColumn, shortNumber } from '../../../lib/kernel/values/numberText';

describe('a column of numbers', () => {
  it('has one width and the decimals that its numbers need', () => {
    expect(numberColumn([1, -20, 300])).toEqual(['  1', '-20', '300']);
    expect(numberColumn([0.5, -0.25, 10])).toEqual([' 0.50', '-0.25', '10.00']);
    expect(numberColumn([Math.fround(0.1), Math.fround(0.2)])).toEqual(['0.1', '0.2']);
    expect(numberColumn([1 / 3, 2 / 3])).toEqual(['0.3333', '0.6667']);
  });

  it('keeps four digits of its largest number where that is small, and seven where it is large', () => {
    expect(numberColumn([0.00123456, 0.001])).toEqual(['0.001235', '0.001000']);
    expect(numberColumn([12345.678, 1])).toEqual(['12345.68', '    1.00']);
    expect(numberColumn([1234567.5, 0])).toEqual(['1.2346e+6', '        0']);
  });

  it('never writes zero for a number that is none', () => {
    expect(numberColumn([0.5, 0.00001, 0])).toEqual(['0.5000', '  1e-5', '0.0000']);
  });

  it('writes what is not finite in words', () => {
    expect(numberColumn([1, Number.NaN, Infinity, -Infinity])).toEqual(['   1', ' NaN', ' Inf', '-Inf']);
    expect(numberColumn([])).toEqual([]);
  });
});

describe('one number', () => {
  it('has five digits, a whole one all of its own', () => {
    expect([1234567, 2 / 3, 1e-9, -0.5, Number.NaN].map(shortNumber)).toEqual(['1234567', '0.66667', '1e-9', '-0.5', 'NaN']);
  });

  it('of 32 bits has the digits that tell it from its neighbours', () => {
    expect([Math.fround(0.1), Math.fround(1 / 3), 16777216, -Infinity].map(floatText)).toEqual(['0.1', '0.33333334', '16777216', '-Inf']);
  });
});
