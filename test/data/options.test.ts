import { describe, expect, it } from 'vitest';
import { noOtherOptions, numberBetween, oneOf, wholeNumber } from '../../lib/data/options';

describe('checks of options', () => {
  it('hand back what is right', () => {
    expect(wholeNumber('who', 'size', 40, { least: 28, most: 60 })).toBe(40);
    expect(numberBetween('who', 'fill', 0.5, { least: 0, most: 1 })).toBe(0.5);
    expect(oneOf('who', 'from', 'mini', ['mini', 'full'])).toBe('mini');
    expect(() => noOtherOptions('who', {})).not.toThrow();
  });

  it.each([[27], [61], [40.5], [Number.NaN], [Infinity]])('refuse %d as a whole number from 28 to 60', (value) => {
    expect(() => wholeNumber('who', 'size', value, { least: 28, most: 60 })).toThrow(
      `who: size must be a whole number from 28 to 60, got ${value}`,
    );
  });

  it('show text in quotes, lists in brackets, and what is missing', () => {
    expect(() => numberBetween('who', 'fill', '0.5', { least: 0, most: 1 })).toThrow("who: fill must be a number from 0 to 1, got '0.5'");
    expect(() => numberBetween('who', 'fill', [1, 2], { least: 0, most: 1 })).toThrow('got [1,2]');
    expect(() => numberBetween('who', 'fill', Number.NaN, { least: 0, most: 1 })).toThrow('got NaN');
    expect(() => oneOf('who', 'from', undefined, ['mini', 'full'])).toThrow('who: from must be one of mini, full, got undefined');
  });

  it('name the first option that is not known', () => {
    expect(() => noOtherOptions('who', { sise: 1 })).toThrow("who: there is no option 'sise', check its spelling");
  });
});
