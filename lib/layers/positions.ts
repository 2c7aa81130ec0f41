/**
 * Position embeddings, added to a grid 'b h w dim' or to tokens 'b n dim': without them attention sees a set, not an image.
 *
 *   learned   y = x + table      one row a position (Dosovitskiy et al. 2020, arXiv:2010.11929)
 *   sine      y = x + [sin(y f), sin(x f), cos(y f), cos(x f)]      f_k = temperature^(-k / (dim / 4)), k < dim / 4
 *             nothing to learn, in two dimensions (Chen et al. 2021, arXiv:2104.02057); the quarters lie one after another
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Module, type NoParams, scope } from '../tensor/module';
import { normal } from '../tensor/random';

/** `shape`: the positions, [height, width] for a grid, [n] for tokens. */
export type LearnedPositionsOptions = { shape: readonly number[]; dim: number };
export type LearnedPositionsParams = { table: Tensor };

/** Initial table: normal with deviation 0.02. */
export function learnedPositions<X extends Tensor>({ shape, dim }: LearnedPositionsOptions): Module<LearnedPositionsParams, X, X> {
  return {
    init: (random) => ({ table: normal(scope(random, 'table'), [...shape, dim], 0.02) }),
    forward: ({ table }, x) => {
      check('learnedPositions', x, [...shape, dim]);
      return tf.add(x, table) as X;
    },
  };
}

export type SinePositionsOptions = { shape: readonly [height: number, width: number]; dim: number; temperature?: number };

export function sinePositions<X extends Tensor>({ shape, dim, temperature = 10_000 }: SinePositionsOptions): Module<NoParams, X, X> {
  if (dim < 4 || dim % 4 !== 0) throw new Error(`sinePositions: expected a dim that 4 divides, got ${dim}`);
  const [height, width] = shape;
  const quarter = dim / 4;
  const values = Float32Array.from({ length: height * width * dim }, (_, index) => {
    const [position, channel] = [Math.floor(index / dim), index % dim];
    const part = Math.floor(channel / quarter); // sin y, sin x, cos y, cos x
    const along = part % 2 === 0 ? Math.floor(position / width) : position % width;
    const angle = along * temperature ** (-(channel % quarter) / quarter);
    return part < 2 ? Math.sin(angle) : Math.cos(angle);
  });
  return {
    init: () => ({}),
    forward: (_, x) =>
      tf.tidy(() => {
        check('sinePositions', x, x.rank === 3 ? [height * width, dim] : [height, width, dim]);
        return tf.add(x, tf.tensor(values, x.shape.slice(1))) as X;
      }),
  };
}

function check(who: string, x: Tensor, expected: readonly number[]): void {
  if (!tf.util.arraysEqual(x.shape.slice(1), [...expected])) {
    throw new Error(`${who}: expected shape [b,${expected}], got [${x.shape}]`);
  }
}
