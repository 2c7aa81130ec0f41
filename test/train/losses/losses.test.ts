import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../../../lib/tensor/ops';
import {
  binaryCrossEntropy,
  focalLoss,
  klDivergence,
  meanSquaredError,
  smoothL1,
  softmaxCrossEntropy,
} from '../../../lib/train/losses/all';
import type { Loss } from '../../../lib/train/losses/loss';
import { gradientError, numbers, wavy } from '../../tensor/gradients';

const value = (loss: tf.Tensor): number => loss.dataSync()[0]!;
const slope = (loss: Loss<'mean'>, x: tf.Tensor, target: tf.Tensor): number[] => numbers(tf.grad((x) => loss(x, target))(x));
const labels = (values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
const ln = Math.log;

describe('a loss on paper', () => {
  it('softmaxCrossEntropy of equal logits over 4 classes is ln 4, smoothed or not', () => {
    for (const labelSmoothing of [0, 0.1])
      expect(value(softmaxCrossEntropy({ labelSmoothing })(tf.zeros([2, 4]), labels([0, 3])))).toBeCloseTo(ln(4), 6);
  });

  it('softmaxCrossEntropy smooths: logits 0 and ln 3, label 1, smoothing 0.2 give 0.9 ln 4/3 + 0.1 ln 4', () => {
    const loss = softmaxCrossEntropy({ labelSmoothing: 0.2 })(tf.tensor2d([[0, ln(3)]]), labels([1]));
    expect(value(loss)).toBeCloseTo(0.9 * ln(4 / 3) + 0.1 * ln(4), 6);
  });

  it('softmaxCrossEntropy weights 1 and 3 count a row of each as 1 and 3 of 4, and ignored rows as none', () => {
    const logits = tf.tensor2d([
      [0, ln(3)],
      [0, ln(3)],
      [5, 7],
    ]);
    const loss = softmaxCrossEntropy({ weight: [1, 3], ignoreIndex: 9 })(logits, labels([0, 1, 9]));
    expect(value(loss)).toBeCloseTo((ln(4) + 3 * ln(4 / 3)) / 4, 6);
  });

  it('softmaxCrossEntropy of a batch that is all ignored is 0 without slope', () => {
    const logits = tf.tensor2d([[1, 2]]);
    expect(value(softmaxCrossEntropy()(logits, labels([-100])))).toBe(0);
    expect(slope(softmaxCrossEntropy(), logits, labels([-100])).map(Math.abs)).toEqual([0, 0]);
  });

  it('softmaxCrossEntropy of probabilities of one class is that of the label; unreduced it is crossEntropy bit for bit', () => {
    const logits = wavy<tf.Rank.R2>([3, 5]);
    const hard = softmaxCrossEntropy({ reduction: 'none' })(logits, labels([4, 0, 2]));
    expect(numbers(hard)).toEqual(numbers(crossEntropy(logits, labels([4, 0, 2]))));
    const soft = softmaxCrossEntropy({ reduction: 'none' })(logits, tf.cast(tf.oneHot(labels([4, 0, 2]), 5), 'float32'));
    numbers(soft).forEach((one, i) => {
      expect(one).toBeCloseTo(numbers(hard)[i]!, 5);
    });
  });

  it('binaryCrossEntropy at logit 0 is ln 2, a positive of weight 3 is 3 ln 2', () => {
    const loss = binaryCrossEntropy({ positiveWeight: 3, reduction: 'none' })(tf.zeros([2]), tf.tensor1d([0, 1]));
    expect(numbers(loss)[0]).toBeCloseTo(ln(2), 6);
    expect(numbers(loss)[1]).toBeCloseTo(3 * ln(2), 6);
  });

  it('focalLoss at logit 0 is a quarter of alpha ln 2; gamma 0 without alpha is binaryCrossEntropy', () => {
    expect(value(focalLoss({ alpha: 0.25, gamma: 2 })(tf.zeros([1]), tf.ones([1])))).toBeCloseTo((0.25 * ln(2)) / 4, 6);
    const [x, target] = [wavy([6]), tf.tensor1d([0, 1, 1, 0, 0.5, 0.2])];
    expect(value(focalLoss({ alpha: null, gamma: 0 })(x, target))).toBeCloseTo(value(binaryCrossEntropy()(x, target)), 6);
  });

  it('klDivergence of (1/2, 1/2) from (1/4, 3/4) is ln 2 - ln 3 / 2, given as probabilities or their logarithms', () => {
    const [x, target] = [tf.log(tf.tensor2d([[0.25, 0.75]])), tf.tensor2d([[0.5, 0.5]])];
    expect(value(klDivergence({ reduction: 'batchmean' })(x, target))).toBeCloseTo(ln(2) - ln(3) / 2, 6);
    expect(value(klDivergence({ reduction: 'sum', logTarget: true })(x, tf.log(target)))).toBeCloseTo(ln(2) - ln(3) / 2, 6);
  });

  it('meanSquaredError of errors 1 and 3 is 5, 10 summed, 7 with weights 1 and 3', () => {
    const [x, target] = [tf.tensor1d([1, 3]), tf.zeros([2])];
    expect(value(meanSquaredError()(x, target))).toBe(5);
    expect(value(meanSquaredError({ reduction: 'sum' })(x, target))).toBe(10);
    expect(value(meanSquaredError({ weight: [1, 3] })(x, target))).toBe(7);
  });

  it('smoothL1 of errors 1 and 4 is 1/4 and 3 with beta 2, and 1 and 4 with beta 0', () => {
    const [x, target] = [tf.tensor1d([1, -4]), tf.zeros([2])];
    expect(numbers(smoothL1({ beta: 2, reduction: 'none' })(x, target))).toEqual([0.25, 3]);
    expect(numbers(smoothL1({ beta: 0, reduction: 'none' })(x, target))).toEqual([1, 4]);
  });
});

const target = (): tf.Tensor =>
  tf.tensor(
    Array.from({ length: 15 }, (_, i) => [0, 0.3, 1, 0.7, 0][i % 5]!),
    [3, 5],
  );

describe('gradients agree with finite differences', () => {
  it.each<[string, Loss<'none'>, () => tf.Tensor]>([
    [
      'softmaxCrossEntropy of labels',
      softmaxCrossEntropy({ labelSmoothing: 0.2, weight: [1, 2, 3, 4, 0], reduction: 'none' }),
      () => labels([2, -100, 4]),
    ],
    [
      'softmaxCrossEntropy of probabilities',
      softmaxCrossEntropy({ labelSmoothing: 0.2, weight: [1, 2, 3, 4, 0], reduction: 'none' }),
      target,
    ],
    ['binaryCrossEntropy', binaryCrossEntropy({ weight: [1, 2, 3, 4, 5], positiveWeight: [5, 4, 3, 2, 1], reduction: 'none' }), target],
    ['focalLoss', focalLoss({ alpha: 0.3, gamma: 1.5, reduction: 'none' }), target],
    ['klDivergence', klDivergence({ reduction: 'none' }), target],
    ['meanSquaredError', meanSquaredError({ reduction: 'none' }), target],
    ['smoothL1', smoothL1({ beta: 3, reduction: 'none' }), target],
  ])('%s', (_, loss, target) => {
    const error = gradientError({ x: wavy([3, 5]) }, ({ x }) => loss(x, target()));
    expect(error['x']).toBeLessThan(2e-3);
  });
});

describe('at logits of 10,000 and probabilities of 0 and 1 nothing is NaN', () => {
  const far = (): tf.Tensor =>
    tf.tensor2d([
      [1e4, -1e4],
      [1e4, -1e4],
    ]);
  const sure = (): tf.Tensor =>
    tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
  it.each<[string, Loss<'mean'>, () => tf.Tensor, number, number[]]>([
    ['softmaxCrossEntropy of labels', softmaxCrossEntropy(), () => labels([0, 1]), 1e4, [0, 0, 0.5, -0.5]],
    ['softmaxCrossEntropy of probabilities', softmaxCrossEntropy(), sure, 1e4, [0, 0, 0.5, -0.5]],
    ['binaryCrossEntropy', binaryCrossEntropy(), sure, 5e3, [0, 0, 0.25, -0.25]],
    ['focalLoss', focalLoss({ alpha: null }), sure, 5e3, [0, 0, 0.25, -0.25]],
    ['klDivergence', (x, target) => klDivergence({ reduction: 'batchmean' })(tf.logSoftmax(x), target), sure, 1e4, [0, 0, 0.5, -0.5]],
    ['smoothL1', smoothL1(), sure, 9999.5, [0.25, -0.25, 0.25, -0.25]],
  ])('%s', (_, loss, target, wanted, slopes) => {
    expect(value(loss(far(), target()))).toBeCloseTo(wanted, 0);
    slope(loss, far(), target()).forEach((one, i) => {
      expect(one).toBeCloseTo(slopes[i]!, 6);
    });
  });
});

describe('what does not fit is refused', () => {
  it('options', () => {
    expect(() => softmaxCrossEntropy({ reduction: 'average' as 'mean' })).toThrow(
      'softmaxCrossEntropy: expected reduction to be one of none, mean, sum, got average',
    );
    expect(() => softmaxCrossEntropy({ labelSmoothing: 1.5 })).toThrow('expected labelSmoothing from 0 to 1, got 1.5');
    expect(() => focalLoss({ alpha: Number.NaN })).toThrow('expected alpha from 0 to 1, got NaN');
    expect(() => smoothL1({ beta: -1 })).toThrow('expected beta from 0');
  });

  it('shapes and types', () => {
    expect(() => softmaxCrossEntropy()(tf.zeros([2, 3]), tf.zeros([2]))).toThrow(
      'expected int32 labels [2] or float32 probabilities [2,3], got float32 [2]',
    );
    expect(() => softmaxCrossEntropy({ weight: [1] })(tf.zeros([2, 3]), labels([0, 1]))).toThrow('expected 3 weights, one a class, got 1');
    for (const loss of [binaryCrossEntropy(), focalLoss(), klDivergence(), meanSquaredError(), smoothL1()])
      expect(() => loss(tf.zeros([2, 3]), tf.zeros([3]))).toThrow("expected a target of the prediction's shape [2,3], got [3]");
  });
});
