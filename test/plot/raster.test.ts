import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { heat, outline, picture, fit as sizeFor } from '../../lib/plot/raster';
import { image } from './examples';

const pixelsOf = (address: string) => decode(Buffer.from(address.replace('data:image/png;base64,', ''), 'base64'));

describe('picture', () => {
  it('makes each pixel a block of equal values, two for each pixel drawn, and nothing in between', () => {
    const { width, height, data } = pixelsOf(picture(image, { width: 6, height: 4 }));
    expect([width, height]).toEqual([12, 8]);
    expect(Array.from(data.slice(0, 12))).toEqual([0, 0, 0, 0, 51, 51, 51, 51, 102, 102, 102, 102]);
    expect([...new Set(data)].sort((a, b) => a - b)).toEqual([0, 51, 102, 153, 204, 255]);
  });

  it('keeps the three channels of a colour image', () => {
    const { data } = pixelsOf(picture({ height: 1, width: 1, channels: 3, values: [1, 0, 0.2] }, { width: 1, height: 1 }));
    expect(Array.from(data.slice(0, 3))).toEqual([255, 0, 51]);
  });
});

describe('heat', () => {
  it('draws zero in the first and the largest value in the last colour of cividis', () => {
    const { data } = pixelsOf(heat([[0, 0.4]], 0.4, { width: 2, height: 1 }));
    expect(Array.from(data.slice(0, 3))).toEqual([0x00, 0x20, 0x51]);
    expect(Array.from(data.slice(9, 12))).toEqual([0xfc, 0xe6, 0x47]);
  });
});

describe('fit', () => {
  it('gives each cell whole pixels', () => {
    expect(sizeFor({ width: 28, height: 28 }, 100)).toEqual({ width: 112, height: 112 });
    expect(sizeFor({ width: 500, height: 250 }, 100)).toEqual({ width: 500, height: 250 });
  });
});

describe('outline', () => {
  it('goes around a square of four cells in four strokes', () => {
    const mask = [
      [0, 0, 0],
      [0, 1, 1],
      [0, 1, 1],
    ];
    expect(outline(mask, { width: 30, height: 30 })).toEqual([
      { x: 10, y: 10, x2: 30, y2: 10 },
      { x: 10, y: 30, x2: 30, y2: 30 },
      { x: 10, y: 10, x2: 10, y2: 30 },
      { x: 30, y: 10, x2: 30, y2: 30 },
    ]);
  });

  it('is empty where nothing or no edge is', () => {
    expect(outline([[0, 0]], { width: 20, height: 10 })).toEqual([]);
  });
});
