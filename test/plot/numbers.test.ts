import { describe, expect, it } from 'vitest';
import { count, digits, ended, plain, round } from '../../lib/plot/numbers';

describe('numbers as text', () => {
  it('has three significant digits and a true minus sign', () => {
    expect([1234.5, 12.345, 0.012345, 0, -0.5].map((value) => digits(value))).toEqual(['1235', '12.3', '0.0123', '0', '\u22120.500']);
  });

  it('leaves idle zeros out where asked', () => {
    expect([0.1, 1 / 9, 10].map(plain)).toEqual(['0.1', '0.111', '10']);
  });

  it('rounds to significant digits and puts commas between thousands', () => {
    expect(round(0.123456789)).toBe(0.12346);
    expect([7, 1000, 1234567].map(count)).toEqual(['7', '1,000', '1,234,567']);
  });
});

describe('ended', () => {
  it('closes a title, but not a question', () => {
    expect(['Confusion', 'Does it help?'].map(ended)).toEqual(['Confusion.', 'Does it help?']);
  });
});
