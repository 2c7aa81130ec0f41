import { describe, expect, it } from 'vitest';
import { confusionMatrix } from '../../lib/plot/confusionMatrix';

describe('confusionMatrix', () => {
  it('gives per cent of each true class, and the accuracy over all images', () => {
    const counts = [
      [3, 1],
      [0, 6],
    ];
    const figure = confusionMatrix({ counts, classes: ['Coat', 'Bag'] });
    expect(figure.data).toEqual([
      { true: 'Coat', predicted: 'Coat', images: 3, percent: 75 },
      { true: 'Coat', predicted: 'Bag', images: 1, percent: 25 },
      { true: 'Bag', predicted: 'Coat', images: 0, percent: 0 },
      { true: 'Bag', predicted: 'Bag', images: 6, percent: 100 },
    ]);
    expect(figure.description).toContain('accuracy 90.0 %; largest mistakes: Coat taken for Bag 25.0 %');
  });

  it('wants a square of whole counts with a name for each row', () => {
    expect(() => confusionMatrix({ counts: [[1, 2]], classes: ['a'] })).toThrow(
      'confusionMatrix: expected as many rows as columns in counts, got 1 x 2',
    );
    expect(() => confusionMatrix({ counts: [[0.5]], classes: ['a'] })).toThrow(
      'expected whole numbers of images in counts, got 0.5 in row 0, column 0',
    );
    expect(() => confusionMatrix({ counts: [[1]], classes: ['a', 'b'] })).toThrow('confusionMatrix: expected 1 classes, one a row, got 2');
  });
});
