/** What Adam does to one leaf, in one pass: as single operations it is a dozen, a thousand for a network, each a few microseconds. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';

const adamOp = operation({
  name: 'FoveaAdam',
  plain: ({ p, g, mean, square, size, unbias }, { beta1, beta2, epsilon }) => {
    const [b1, b2] = [beta1 as number, beta2 as number];
    const first = tf.add(tf.mul(mean!, b1), tf.mul(g!, 1 - b1));
    const second = tf.add(tf.mul(square!, b2), tf.mul(tf.square(g!), 1 - b2));
    const move = tf.div(tf.mul(first, size!), tf.add(tf.div(tf.sqrt(second), unbias!), epsilon as number));
    return [tf.sub(p!, move), first, second];
  },
});

export type AdamMove = {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** rate / (1 - beta1^t) and sqrt(1 - beta2^t). */
  readonly size: Scalar;
  readonly unbias: Scalar;
};

/** mean = b1 mean + (1 - b1) g; square = b2 square + (1 - b2) g^2; p = p - size mean / (sqrt(square) / unbias + epsilon). */
export function adamMove(
  p: Tensor,
  g: Tensor,
  mean: Tensor,
  square: Tensor,
  { size, unbias, ...constants }: AdamMove,
): { p: Tensor; mean: Tensor; square: Tensor } {
  const [nextP, nextMean, nextSquare] = adamOp({ p, g, mean, square, size, unbias }, constants);
  return { p: nextP!, mean: nextMean!, square: nextSquare! };
}
