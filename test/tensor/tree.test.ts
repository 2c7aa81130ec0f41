import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { rearrange, sizes } from '../../lib/tensor/axes';
import { lossAndGradients } from '../../lib/tensor/grad';
import { initRandom, normal, stream } from '../../lib/tensor/random';
import { count, entries, flatten, zip } from '../../lib/tensor/tree';
import { numbers } from './gradients';

const small = () => ({ a: tf.tensor1d([1, 2]), list: [tf.scalar(3), undefined], name: 'text' });

describe('trees', () => {
  it('name their leaves by path, in order, and count their numbers', () => {
    expect(entries(small()).map(([path]) => path)).toEqual(['a', 'list.0']);
    expect(count(small())).toBe(3);
  });

  it('come apart and together again; a wrong number of leaves is refused', () => {
    const { leaves, rebuild } = flatten(small());
    const doubled = rebuild(leaves.map((leaf) => tf.mul(leaf, 2)));
    expect(numbers(doubled.a)).toEqual([2, 4]);
    expect(doubled.name).toBe('text');
    expect(() => rebuild([])).toThrow('flatten: expected 2 leaves, got 0');
  });

  it('are zipped by path', () => {
    const sums = zip(small(), small(), (left, right) => tf.add(left, right));
    expect(numbers(sums.list[0]!)).toEqual([6]);
    expect(() => zip({ a: tf.scalar(1) }, {} as never, (left) => left)).toThrow('zip: expected a leaf at a in the second tree, got none');
  });
});

describe('axes', () => {
  it('sizes checks and names: a wrong size says what was expected', () => {
    expect(sizes(tf.zeros([2, 3]), 'b c')).toEqual({ b: 2, c: 3 });
    expect(() => sizes(tf.zeros([2, 3]), 'b c', { c: 5 })).toThrow("sizes: expected 'b c=5', got shape [2,3]");
    expect(() => sizes(tf.zeros([2, 3]), 'b h w')).toThrow("sizes: expected 'b h w', got shape [2,3]");
  });

  it('rearrange splits, permutes and joins', () => {
    const x = tf.tensor2d([[0, 1, 2, 3]]);
    expect(numbers(rearrange(x, 'b (head d) -> b d head', { head: 2 }))).toEqual([0, 2, 1, 3]);
    expect(rearrange(x, 'b (h w) -> (b w) h', { h: 2 }).shape).toEqual([2, 2]);
    expect(() => rearrange(x, 'b (head d) -> b head d', { head: 3 })).toThrow(
      "rearrange: expected a tensor that fits 'b (head d) -> b head d'",
    );
    expect(() => rearrange(x, 'b c -> b')).toThrow('rearrange: expected a tensor that fits');
  });
});

describe('random numbers', () => {
  const take = (seed: number, path: string): number[] => {
    const next = stream(seed, path);
    return [next(), next(), next()];
  };

  it('depend on seed and path alone; seed 0 is a seed like any other', () => {
    expect(take(0, 'a')).toEqual(take(0, 'a'));
    expect(new Set([take(0, 'a'), take(1, 'a'), take(0, 'b')].map(String)).size).toBe(3);
    expect(take(0, 'a').every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it('are normal with the deviation asked for', () => {
    const values = numbers(normal<tf.Rank.R1>(initRandom(0), [5000], 2));
    const mean = values.reduce((a, b) => a + b, 0) / 5000;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(values.reduce((a, b) => a + b * b, 0) / 5000 - 4)).toBeLessThan(0.3);
    expect(() => initRandom(0.5)).toThrow('initRandom: expected a whole number as seed, got 0.5');
  });
});

it('lossAndGradients names the parameter that the loss does not depend on', () => {
  const params = { used: tf.scalar(2), idle: tf.scalar(1) };
  expect(() => lossAndGradients(params, ({ used }) => ({ loss: tf.square(used) as tf.Scalar, aux: undefined }))).toThrow(/idle/);
  const { grads } = lossAndGradients({ used: tf.scalar(2) }, ({ used }) => ({ loss: tf.square(used) as tf.Scalar, aux: undefined }));
  expect(numbers(grads.used)).toEqual([4]);
});
