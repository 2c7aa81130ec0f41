import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { crossEntropy, smoothLabels, softCrossEntropy } from '../../../lib/tensor/ops';
import { inTier, tiers } from '../../native/tiers';
import { gradientError, numbers, wavy } from '../gradients';

const labels = (): tf.Tensor1D => tf.tensor1d([0, 2, 1], 'int32');
const close = (got: tf.Tensor, wanted: number[]): void => numbers(got).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));

describe.each(tiers)('as $tier', ({ tier }) => {
  const run: <T>(body: () => T) => T = (body) => inTier(tier, body);

  it('smoothLabels shares its part among all classes', () => {
    close(
      run(() => smoothLabels(tf.tensor1d([1, 3], 'int32'), 4, 0.2)),
      [0.05, 0.85, 0.05, 0.05, 0.05, 0.05, 0.05, 0.85],
    );
    expect(numbers(run(() => smoothLabels(tf.tensor1d([1], 'int32'), 2)))).toEqual([0, 1]);
    expect(numbers(run(() => smoothLabels(tf.tensor1d([0, 0], 'int32'), 1)))).toEqual([1, 1]);
  });

  it('of shares 3/4 and 1/4 and equal logits the loss is ln 2; of twice the shares it is twice that', () => {
    const shares = tf.tensor2d([[0.75, 0.25]]);
    close(
      run(() => softCrossEntropy(tf.zeros([1, 2]), shares, true)),
      [Math.LN2],
    );
    close(
      run(() => softCrossEntropy(tf.zeros([1, 2]), tf.mul(shares, 2))),
      [2 * Math.LN2],
    );
  });

  it('labels as shares give what labels give', () => {
    const logits = wavy<tf.Rank.R2>([3, 4]);
    const [got, wanted] = run(() => [softCrossEntropy(logits, smoothLabels(labels(), 4), true), crossEntropy(logits, labels())] as const);
    close(got, numbers(wanted));
  });

  it('large logits, and the closed class of another label, cost nothing', () => {
    close(
      run(() => crossEntropy(tf.tensor2d([[1e4, 0]]), tf.tensor1d([0], 'int32'))),
      [0],
    );
    close(
      run(() => crossEntropy(tf.tensor2d([[1e4, 0]]), tf.tensor1d([1], 'int32'))),
      [1e4],
    );
    close(
      run(() => crossEntropy(tf.tensor2d([[0, 0, Number.NEGATIVE_INFINITY]]), tf.tensor1d([1], 'int32'))),
      [Math.LN2],
    );
  });

  it('gradients, also of shares that do not sum to 1', () => {
    const logits = wavy<tf.Rank.R2>([3, 4]);
    const shares = tf.abs(wavy<tf.Rank.R2>([3, 4], 1)) as tf.Tensor2D;
    const losses: ((logits: tf.Tensor2D) => tf.Tensor)[] = [
      (logits) => crossEntropy(logits, labels()),
      (logits) => softCrossEntropy(logits, shares),
      (logits) => softCrossEntropy(logits, smoothLabels(labels(), 4, 0.1), true),
    ];
    for (const loss of losses) expect(run(() => gradientError({ logits }, ({ logits }) => loss(logits)))['logits']).toBeLessThan(1e-3);
  });
});
