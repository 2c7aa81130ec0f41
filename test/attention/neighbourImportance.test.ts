import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { neighbourImportance } from '../../lib/attention/neighbourImportance';
import { evaluation } from '../../lib/tensor/module';
import { numbers } from '../tensor/gradients';

const softmax = (scores: number[]): number[] => {
  const powers = scores.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};
const importance = (pixels: number[], shape: [number, number], options: { similarity?: 'dot' | 'distance'; temperature?: number } = {}) => {
  const { output, weights } = neighbourImportance({ dim: 1, ...options }).forward({}, tf.tensor4d(pixels, [1, ...shape, 1]), evaluation);
  return { output: numbers(output), weights: numbers(weights as tf.Tensor) };
};

it('averages the products with the neighbours there are: 1 2 3 in a row gives 2, 4, 6', () => {
  const { weights } = importance([1, 2, 3], [1, 3]); // 1*2; (2*1 + 2*3) / 2; 3*2
  softmax([2, 4, 6]).forEach((value, i) => expect(weights[i]).toBeCloseTo(value, 6));
});

it('with distances prefers what is flat: 0 0 1 gives 0, -1/2, -1', () => {
  const { weights } = importance([0, 0, 1], [1, 3], { similarity: 'distance' });
  softmax([0, -0.5, -1]).forEach((value, i) => expect(weights[i]).toBeCloseTo(value, 6));
});

it('counts 3, 5 and 8 neighbours in corner, edge and middle of a 3x3 grid', () => {
  const pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const scores = pixels.map((pixel, at) => {
    const [row, column] = [Math.floor(at / 3), at % 3];
    const near = pixels.filter((_, i) => i !== at && Math.abs(Math.floor(i / 3) - row) <= 1 && Math.abs((i % 3) - column) <= 1);
    return (pixel * near.reduce((a, b) => a + b, 0)) / near.length / 10;
  });
  const { weights } = importance(pixels, [3, 3], { temperature: 10 });
  softmax(scores).forEach((value, i) => expect(weights[i]).toBeCloseTo(value, 5));
});

it('leaves an image of equal pixels as it is', () => {
  const { output } = importance([2, 2, 2, 2], [2, 2]);
  for (const value of output) expect(value).toBeCloseTo(2, 5);
});
