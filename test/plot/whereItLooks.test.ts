import { describe, expect, it } from 'vitest';
import { heat } from '../../lib/plot/raster';
import { whereItLooks } from '../../lib/plot/whereItLooks';
import { image } from './examples';

describe('whereItLooks', () => {
  it('draws all maps on one scale: half of the largest weight is half way in every map', () => {
    const figure = whereItLooks({
      images: [image],
      models: [
        { name: 'weak', maps: [[[0.2]]] },
        { name: 'strong', maps: [[[0.4]]] },
      ],
    });
    const { tiles } = (figure.spec as { datasets: { tiles: { url: string; what: string }[] } }).datasets;
    const size = { width: 99, height: 66 };
    expect(tiles.map(({ what }) => what)).toEqual(['image 0', 'weak, largest 0.200', 'strong, largest 0.400']);
    expect(tiles[1]!.url).toBe(heat([[0.5]], 1, size));
    expect(tiles[2]!.url).toBe(heat([[1]], 1, size));
  });

  it('wants a map of each model for each image', () => {
    expect(() => whereItLooks({ images: [image], models: [{ name: 'weak', maps: [] }] })).toThrow(
      'whereItLooks: expected 1 maps of weak, one an image, got 0',
    );
    expect(() => whereItLooks({ images: [image], masks: [], models: [{ name: 'weak', maps: [[[1]]] }] })).toThrow(
      'whereItLooks: expected 1 masks, one an image, got 0',
    );
  });
});
