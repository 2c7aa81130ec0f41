/**
 * Sums of products by the names of axes (Einstein's convention): 'b q d, b k d -> b q k'. Any number of tensors, multiplied two
 * at a time from the left; without '->' the result has the axes that occur once, in alphabetical order. Stock tfjs has no
 * gradient for it and takes two tensors.
 */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Attributes, type Operation, operation } from '../operation';
import { sumOver } from './reductions';

/** A letter an axis. An axis of one tensor alone is in `out`. */
export type Product = { left: string; right: string; out: string };
const of = (attributes: Attributes): Product => attributes as unknown as Product;

const productOp: Operation = operation({
  name: 'FoveaEinsum',
  plain: ({ a, b }, attributes) => [plainProduct(a!, b!, of(attributes))],
  gradient: ([dy], { inputs: { a, b } }, attributes) => {
    const { left, right, out } = of(attributes);
    return {
      a: () => productOp({ a: dy!, b: b! }, { left: out, right, out: left })[0]!,
      b: () => productOp({ a: dy!, b: a! }, { left: out, right: left, out: right })[0]!,
    };
  },
});

/** One batched matrix product: the axes of both that stay, the axes of one, the axes that are summed over. */
export function plainProduct(a: Tensor, b: Tensor, { left, right, out }: Product): Tensor {
  const size = new Map(
    [...left].map((axis, i) => [axis, a.shape[i]!]).concat([...right].map((axis, i) => [axis, b.shape[i]!])) as [string, number][],
  );
  const pick = (axes: string, test: (axis: string) => boolean): string[] => [...axes].filter(test);
  const shared = pick(left, (axis) => right.includes(axis) && out.includes(axis));
  const summed = pick(left, (axis) => right.includes(axis) && !out.includes(axis));
  const rows = pick(left, (axis) => !right.includes(axis));
  const columns = pick(right, (axis) => !left.includes(axis));
  const total = (axes: readonly string[]): number => axes.reduce((product, axis) => product * size.get(axis)!, 1);
  const arranged = (x: Tensor, axes: string, ...groups: string[][]): Tensor =>
    tf.reshape(
      tf.transpose(
        x,
        groups.flat().map((axis) => axes.indexOf(axis)),
      ),
      groups.map(total),
    );
  const product = tf.matMul(arranged(a, left, shared, rows, summed), arranged(b, right, shared, summed, columns));
  const found = [...shared, ...rows, ...columns];
  const apart = tf.reshape(
    product,
    found.map((axis) => size.get(axis)!),
  );
  return tf.transpose(
    apart,
    [...out].map((axis) => found.indexOf(axis)),
  );
}

/**
 * einsum('bqd,bkd->bqk', queries, keys): axes that the result does not name are summed over. A letter an axis; blanks count
 * for nothing. An axis of unknown or two sizes, one that a tensor has twice, and '...' are refused.
 */
export function einsum<R extends Rank = Rank>(equation: string, ...tensors: Tensor[]): Tensor<R> {
  const { terms, out } = parsed(equation, tensors);
  let [axes, result] = [terms[0]!, tensors[0]!];
  tensors.slice(1).forEach((next, index) => {
    const later = out + terms.slice(index + 2).join('');
    const right = terms[index + 1]!;
    const [a, left] = summedOut(result, axes, (axis) => right.includes(axis) || later.includes(axis));
    const [b, own] = summedOut(next, right, (axis) => left.includes(axis) || later.includes(axis));
    axes = [...new Set(left + own)].filter((axis) => later.includes(axis)).join('');
    result = productOp({ a, b }, { left, right: own, out: axes })[0]!;
  });
  const [summed, left] = summedOut(result, axes, (axis) => out.includes(axis));
  const order = [...out].map((axis) => left.indexOf(axis));
  return (order.every((axis, i) => axis === i) ? tf.clone(summed) : tf.transpose(summed, order)) as Tensor<R>;
}

/** Without the axes that nobody asks for again. */
function summedOut(x: Tensor, axes: string, kept: (axis: string) => boolean): [Tensor, string] {
  const away = [...axes].flatMap((axis, i) => (kept(axis) ? [] : [i]));
  return away.length === 0 ? [x, axes] : [sumOver(x, away), [...axes].filter(kept).join('')];
}

function parsed(equation: string, tensors: readonly Tensor[]): { terms: string[]; out: string } {
  const fail = (expected: string): never => {
    throw new Error(`einsum: expected ${expected}, got '${equation}' for shapes ${tensors.map(({ shape }) => `[${shape}]`).join(' ')}`);
  };
  const text = equation.replace(/\s/g, '');
  if (!/^[a-zA-Z]*(,[a-zA-Z]*)*(->[a-zA-Z]*)?$/.test(text)) fail("a letter an axis, as in 'ij,jk->ik'");
  const [from = '', to] = text.split('->');
  const terms = from.split(',');
  if (terms.length !== tensors.length) fail(`${tensors.length} terms, one a tensor`);
  const size = new Map<string, number>();
  terms.forEach((term, index) => {
    const { shape } = tensors[index]!;
    if (term.length !== shape.length) fail(`${shape.length} axes in '${term}'`);
    if (new Set(term).size !== term.length) fail(`no axis twice in '${term}'`);
    [...term].forEach((axis, i) => {
      if (size.has(axis) && size.get(axis) !== shape[i]) fail(`one size for the axis ${axis}, which has ${size.get(axis)} and ${shape[i]}`);
      size.set(axis, shape[i]!);
    });
  });
  const once = [...size.keys()].filter((axis) => from.split(axis).length === 2).sort();
  const out = to ?? once.join('');
  const unknown = [...out].find((axis) => !size.has(axis));
  if (unknown) fail(`only axes that a tensor has after '->', not ${unknown}`);
  if (new Set(out).size !== out.length) fail("no axis twice after '->'");
  return { terms, out };
}
