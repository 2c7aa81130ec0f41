import { describe, expect, it } from 'vitest';
import { imageGrid } from '../../lib/plot/imageGrid';
import { image } from './examples';

describe('imageGrid', () => {
  it('counts and names the wrong predictions', () => {
    const figure = imageGrid({ images: [image, image], labels: ['Coat', 'Bag'], predictions: ['Coat', 'Shirt'] });
    expect(figure.data).toEqual([
      { image: 0, label: 'Coat', prediction: 'Coat', correct: true },
      { image: 1, label: 'Bag', prediction: 'Shirt', correct: false },
    ]);
    expect(figure.description).toContain('wrong: Bag taken for Shirt');
    expect(JSON.stringify(figure.spec)).toContain('prediction below; 1 of');
  });

  it('wants a label an image', () => {
    expect(() => imageGrid({ images: [image], labels: [] })).toThrow('imageGrid: expected 1 labels, one an image, got 0');
    expect(() => imageGrid({ images: [], labels: [] })).toThrow('imageGrid: expected at least one image, got none');
  });
});
