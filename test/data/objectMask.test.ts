import { describe, expect, it } from 'vitest';
import { boundsOf, maskOf } from '../../lib/data/objectMask';

const picture = (text: string): { values: number[]; height: number; width: number } => {
  const rows = text.trim().split(/\s+/);
  return { values: [...rows.join('')].map(Number), height: rows.length, width: rows[0]!.length };
};
const mask = (text: string): string => {
  const { values, ...size } = picture(text);
  return Array.from(maskOf(values, { ...size, above: 1 }))
    .join('')
    .replace(new RegExp(`.{${size.width}}`, 'g'), '$& ')
    .trim();
};

describe('maskOf', () => {
  it('marks what is above the threshold, not at it', () => {
    expect(mask('012 210')).toBe('001 100');
  });

  it('fills a hole, and leaves a bay that is open to the border', () => {
    expect(mask('00000 09990 09090 09990 00000')).toBe('00000 01110 01110 01110 00000');
    expect(mask('00000 09990 09090 09090 00000')).toBe('00000 01110 01010 01010 00000');
  });

  it('does not leak through a corner: the ground has four neighbours', () => {
    expect(mask('00900 09090 00900')).toBe('00100 01110 00100');
  });
});

describe('boundsOf', () => {
  it('is the half-open box of the mask', () => {
    const { values, ...size } = picture('0000 0010 0110 0000 0000');
    expect(boundsOf(values, size)).toEqual([1, 1, 3, 3]);
    expect(boundsOf([0, 0, 0, 0], { height: 2, width: 2 })).toEqual([0, 0, 0, 0]);
    expect(boundsOf([0, 0, 0, 1], { height: 2, width: 2 })).toEqual([1, 1, 2, 2]);
  });
});
