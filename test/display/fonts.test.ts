import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fontFiles, fontFor, textWidth } from '../../lib/display/fonts';

describe('the bundled font', () => {
  it('lies in the project in three weights, with its licence', () => {
    expect(fontFiles.map((file) => existsSync(file))).toEqual([true, true, true]);
    expect(existsSync(join(dirname(fontFiles[0]!), 'OFL.txt'))).toBe(true);
  });

  it('is chosen by CSS weight', () => {
    expect([undefined, 'normal', 400, '500', 600, 'bold', 900].map((weight) => fontFor(weight).family)).toEqual([
      'Inter',
      'Inter',
      'Inter',
      'Inter Medium',
      'Inter SemiBold',
      'Inter SemiBold',
      'Inter SemiBold',
    ]);
  });

  it('measures text in proportion to its size, wider when heavier, closer where letters kern', () => {
    expect(textWidth('weight', 20)).toBeCloseTo(2 * textWidth('weight', 10), 9);
    expect(textWidth('weight', 10, 600)).toBeGreaterThan(textWidth('weight', 10, 400));
    expect(textWidth('AV', 10)).toBeLessThan(textWidth('A', 10) + textWidth('V', 10));
  });
});
