import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { einsum } from '../../../lib/tensor/ops';
import { gradientError, numbers, wavy } from '../gradients';

const near = (ours: tf.Tensor, theirs: tf.Tensor): void => {
  expect(ours.shape).toEqual(theirs.shape);
  const [a, b] = [numbers(ours), numbers(theirs)];
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 4));
};

describe('einsum', () => {
  const a = (): tf.Tensor2D => wavy<tf.Rank.R2>([2, 3]);
  const b = (): tf.Tensor2D => wavy<tf.Rank.R2>([3, 5], 1);

  it('multiplies matrices, sums, transposes and multiplies outward', () => {
    near(einsum('ij,jk->ik', a(), b()), tf.matMul(a(), b()));
    near(einsum('ij,jk', a(), b()), tf.matMul(a(), b())); // without an arrow: the axes that occur once
    near(einsum('ij,jk->ki', a(), b()), tf.transpose(tf.matMul(a(), b())));
    near(einsum('ij->j', a()), tf.sum(a(), 0));
    near(einsum('ba', a()), tf.transpose(a())); // in alphabetical order
    near(einsum('ij->', a()), tf.sum(a()));
    near(einsum('i,j->ij', tf.tensor1d([1, 2]), tf.tensor1d([3, 5, 7])), tf.tensor2d([3, 5, 7, 6, 10, 14], [2, 3]));
    near(einsum('ij,ij->', a(), a()), tf.sum(tf.square(a())));
  });
  it('keeps axes that both have and sums over those of one alone', () => {
    const q = wavy<tf.Rank.R4>([2, 3, 4, 5]);
    const k = wavy<tf.Rank.R4>([2, 6, 4, 5], 1);
    near(einsum('b q h d, b k h d -> b h q k', q, k), tf.matMul(tf.transpose(q, [0, 2, 1, 3]), tf.transpose(k, [0, 2, 3, 1])));
    near(einsum('ij,kl->jk', a(), b()), tf.outerProduct(tf.sum(a(), 0) as tf.Tensor1D, tf.sum(b(), 1) as tf.Tensor1D));
  });
  it('takes any number of tensors', () => {
    near(einsum('ij,jk,kl->il', a(), b(), wavy<tf.Rank.R2>([5, 2])), tf.matMul(tf.matMul(a(), b()), wavy<tf.Rank.R2>([5, 2])));
    near(einsum('i,i,i->i', tf.tensor1d([1, 2]), tf.tensor1d([3, 4]), tf.tensor1d([5, 6])), tf.tensor1d([15, 48]));
  });
  it('has gradients to every tensor', () => {
    const cases: [string, number[][]][] = [
      ['ij,jk->ik', [[2, 3], [3, 2]]], // biome-ignore format: rows
      ['bqd,bkd->bqk', [[2, 3, 2], [2, 2, 2]]], // biome-ignore format: rows
      ['ij,kl->jk', [[2, 3], [2, 2]]], // biome-ignore format: rows
      ['ijk->ki', [[2, 3, 2]]],
      ['ab,bc,cd->ad', [[2, 3], [3, 2], [2, 3]]], // biome-ignore format: rows
      ['i,i,i->i', [[3], [3], [3]]], // biome-ignore format: rows
    ];
    for (const [equation, shapes] of cases) {
      const tensors = shapes.map((shape, i) => wavy(shape as [number], i));
      const errors = gradientError({ tensors }, ({ tensors }) => einsum(equation, ...tensors));
      for (const [path, error] of Object.entries(errors)) expect(error, `${equation} ${path}`).toBeLessThan(1e-3);
    }
  });
  it('says what is wrong with an equation', () => {
    const refused: [string, string][] = [
      ['ij,jk->iz', "only axes that a tensor has after '->', not z"],
      ['ij,jk->ii', "no axis twice after '->'"],
      ['ii,jk->jk', "no axis twice in 'ii'"],
      ['ij,ij->ij', 'one size for the axis i, which has 2 and 3'],
      ['ij->ij', '2 terms, one a tensor'],
      ['ijk,jk->ik', "2 axes in 'ijk'"],
      ['...j,jk->...k', "a letter an axis, as in 'ij,jk->ik'"],
    ];
    for (const [equation, message] of refused)
      expect(() => einsum(equation, a(), b())).toThrow(`einsum: expected ${message}, got '${equation}'`);
  });
});
