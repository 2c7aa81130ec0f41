import { describe, expect, it } from 'vitest';
import { cividis, colourAt, greys, signed, wrap } from '../../lib/plot/theme';

describe('colourAt', () => {
  it('mixes along a straight line in RGB and stops at both ends', () => {
    expect([0, 0.5, 1, 2, -1].map((t) => colourAt(greys, t)[0])).toEqual([0, 128, 255, 255, 0]);
    expect(colourAt(cividis, 0)).toEqual([0x00, 0x20, 0x51]);
    expect(colourAt(cividis, 1)).toEqual([0xfc, 0xe6, 0x47]);
  });

  it('is white where a signed value is zero', () => {
    expect(colourAt(signed, 0.5)).toEqual([255, 255, 255]);
  });

  it('gets lighter with every step of cividis', () => {
    const lightness = Array.from({ length: 50 }, (_, i) => colourAt(cividis, i / 49)).map(
      ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b,
    );
    for (let i = 1; i < lightness.length; i++) expect(lightness[i]).toBeGreaterThan(lightness[i - 1]!);
  });
});

describe('wrap', () => {
  it('breaks between words only, and never before a per cent sign', () => {
    const text = 'three seeds, line = mean, band = interval of 95 % of the mean';
    const lines = wrap(text, 47 * 5.4);
    expect(lines).toEqual(['three seeds, line = mean, band = interval of', '95\u00a0% of the mean']);
  });
});
