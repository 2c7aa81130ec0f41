import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type Clip, clipping, globalNorm } from '../../lib/train/clip';
import { sgd } from '../../lib/train/optimisers/sgd';
import { numbers } from '../tensor/gradients';

/** What two weights at 0 move by at rate 1. */
function moves(clip: Clip, gradients: readonly [number, number]): number[] {
  const optimiser = clipping(sgd(), clip);
  const params = { a: tf.scalar(0), b: tf.tensor1d([0]) };
  const grads = { a: tf.scalar(gradients[0]), b: tf.tensor1d([gradients[1]]) };
  const next = optimiser.update<typeof params>(params, grads, optimiser.init(params), tf.scalar(1, 'int32'), tf.scalar(1));
  return [...numbers(next.params.a), ...numbers(next.params.b)].map((value) => 0 - value);
}
const near = (got: readonly number[], wanted: readonly number[]): void => {
  got.forEach((value, index) => {
    expect(value).toBeCloseTo(wanted[index]!, 5);
  });
};

describe('clipping', () => {
  it('by norm shortens all gradients together: 3 and 4 of norm 5 to norm 1', () => {
    near(moves({ kind: 'norm', maxNorm: 1 }, [3, 4]), [0.6, 0.8]);
  });

  it('by norm leaves what is short enough', () => {
    expect(moves({ kind: 'norm', maxNorm: 6 }, [3, 4])).toEqual([3, 4]);
  });

  it('by the norms of order 1 and infinity: 3 + 4, and 4', () => {
    near(moves({ kind: 'norm', maxNorm: 1, order: 1 }, [3, -4]), [3 / 7, -4 / 7]);
    near(moves({ kind: 'norm', maxNorm: 1, order: 'inf' }, [3, -4]), [0.75, -1]);
    expect(globalNorm({ a: tf.scalar(3), b: tf.tensor2d([[-4]]) }, 3).dataSync()[0]).toBeCloseTo(91 ** (1 / 3), 5);
  });

  it('by value cuts each number by itself', () => {
    expect(moves({ kind: 'value', maxValue: 1 }, [0.5, -4])).toEqual([0.5, -1]);
  });

  it('refuses other kinds and sizes', () => {
    expect(() => clipping(sgd(), { kind: 'both' } as never)).toThrow('clip: expected kind to be one of norm, value, got both');
    expect(() => clipping(sgd(), { kind: 'norm', maxNorm: 0 })).toThrow('clip: expected maxNorm to be a finite number above 0, got 0');
    expect(() => clipping(sgd(), { kind: 'value' } as never)).toThrow('clip: expected maxValue, a finite number above 0, got none');
  });
});
