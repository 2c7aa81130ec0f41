/**
 * Axes by name. `sizes(x, 'b h w c', { c: 64 })` checks, documents and destructures in one line;
 * `rearrange(x, 'b n (head d) -> b head n d', { head })` splits, permutes and joins axes (after einops).
 */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

type Names<Pattern extends string> = Pattern extends `${infer First} ${infer Rest}` ? First | Names<Rest> : Pattern;
export type Sizes<Pattern extends string> = { readonly [Name in Names<Pattern>]: number };

export function sizes<Pattern extends string>(x: Tensor, pattern: Pattern, expected: Partial<Sizes<Pattern>> = {}): Sizes<Pattern> {
  const names = pattern.split(' ');
  const found = Object.fromEntries(names.map((name, axis) => [name, x.shape[axis]]));
  const wrong = Object.entries(expected).some(([name, size]) => found[name] !== size);
  if (names.length !== x.rank || wrong) {
    const wanted = names.map((name) => (name in expected ? `${name}=${(expected as Record<string, number>)[name]}` : name)).join(' ');
    throw new Error(`sizes: expected '${wanted}', got shape [${x.shape}]`);
  }
  return found as Sizes<Pattern>;
}

export function rearrange<R extends Rank>(x: Tensor, pattern: string, given: { readonly [name: string]: number } = {}): Tensor<R> {
  const [from = [], to = []] = pattern.split('->').map(groups);
  const size = new Map(Object.entries(given));
  const misfit = (): never => {
    throw new Error(`rearrange: expected a tensor that fits '${pattern}' with ${JSON.stringify(given)}, got shape [${x.shape}]`);
  };
  if (from.length !== x.rank) misfit();
  from.forEach((group, axis) => {
    const known = group.reduce((product, name) => product * (size.get(name) ?? 1), 1);
    const open = group.filter((name) => !size.has(name));
    const length = x.shape[axis]!;
    if (open.length > 1 || length % known !== 0 || (open.length === 0 && known !== length)) misfit();
    for (const name of open) size.set(name, length / known);
  });
  const names = from.flat();
  const order = to.flat().map((name) => names.indexOf(name));
  if (order.length !== names.length || order.includes(-1)) misfit();
  const split =
    names.length === x.rank
      ? x
      : tf.reshape(
          x,
          names.map((name) => size.get(name)!),
        );
  const moved = order.every((axis, index) => axis === index) ? split : tf.transpose(split, order);
  return tf.reshape<Rank>(
    moved,
    to.map((group) => group.reduce((product, name) => product * size.get(name)!, 1)),
  ) as Tensor<R>;
}

const groups = (side: string): string[][] => (side.match(/\([^)]*\)|\w+/g) ?? []).map((group) => group.match(/\w+/g) ?? []);
