/**
 * Importance from likeness to the neighbours, nothing learned: the article's second formula taken at its word.
 *
 *   z_ij = x_i . x_j / sqrt(c)   ('dot')      or   z_ij = -|x_i - x_j|^2 / sqrt(c)   ('distance')
 *   m_i = mean over the neighbours j of z_ij (8 of them, 5 at an edge, 3 in a corner)
 *   a = softmax_hw(m / temperature)        y = h w a * x
 *
 * weights 'b h w': how important each pixel is; each map sums to 1. The factor h w makes equal importance leave x as it is.
 * 'dot' favours what is bright, 'distance' what is flat, the background included: likeness alone does not find the object.
 */
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../tensor/axes';
import type { NoParams } from '../tensor/module';
import { softmax, sumOver } from '../tensor/ops';
import type { Attention } from './attention';

export type NeighbourImportanceOptions = { dim: number; similarity?: 'dot' | 'distance'; temperature?: number };

export function neighbourImportance({ dim, similarity = 'dot', temperature = 1 }: NeighbourImportanceOptions): Attention<NoParams> {
  if (similarity !== 'dot' && similarity !== 'distance') {
    throw new Error(`neighbourImportance: similarity must be dot or distance, got ${similarity}`);
  }
  if (!(temperature > 0)) throw new Error(`neighbourImportance: temperature must be above 0, got ${temperature}`);
  return {
    axes: 'b h w',
    over: 'h w',
    init: () => ({}),
    forward: (_, x) =>
      tf.tidy(() => {
        const { b, h, w } = sizes(x, 'b h w c', { c: dim });
        const scores = tf.mul(likeness(x, similarity), 1 / (Math.sqrt(dim) * temperature)); // b h w
        const weights: Tensor3D = tf.reshape(softmax(tf.reshape(scores, [b, h * w])), [b, h, w]);
        return { output: tf.mul(x, tf.mul(tf.expandDims(weights, 3), h * w)), weights };
      }),
  };
}

const AROUND = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const)).filter(([dy, dx]) => dy !== 0 || dx !== 0);

function likeness(x: Tensor4D, similarity: 'dot' | 'distance'): Tensor3D {
  const { b, h, w, c } = sizes(x, 'b h w c');
  if (h * w === 1) return tf.zeros([b, h, w]); // one pixel has no neighbours
  const present = tf.ones<tf.Rank.R4>([1, h, w, 1]);
  const at = (image: Tensor4D, dy: number, dx: number, depth: number): Tensor4D =>
    tf.slice(tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]]), [0, 1 + dy, 1 + dx, 0], [image.shape[0], h, w, depth]); // biome-ignore format: one row
  const sums = AROUND.map(([dy, dx]): [Tensor3D, Tensor3D] => {
    const there: Tensor3D = tf.squeeze(at(present, dy, dx, 1), [3]); // 0 beyond the border
    const other = at(x, dy, dx, c);
    const z: Tensor3D = similarity === 'dot' ? sumOver(tf.mul(x, other), 3) : tf.neg(sumOver(tf.square(tf.sub(x, other)), 3));
    return [tf.mul(z, there), there];
  });
  return tf.div(tf.addN(sums.map(([z]) => z)), tf.addN(sums.map(([, there]) => there)));
}
