/**
 * Operations whose stock tfjs form or gradient is slow or wrong. Stock tfjs builds activation-sized arrays in JavaScript
 * for the gradients of relu and mean, and needs some thirty passes over memory for a batch norm that TensorFlow does in
 * two. Each one here is the plain formula, and where the backend has a fused kernel, that kernel.
 */
import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from './operation';

const reluOp = operation({
  name: 'FoveaRelu',
  plain: ({ x }) => [tf.relu(x!)],
  gradient: ([dy], { outputs: [y] }) => ({ x: reluGradOp({ dy: dy!, y: y! })[0]! }),
});
const reluGradOp = operation({ name: 'FoveaReluGrad', plain: ({ dy, y }) => [tf.mul(dy!, tf.cast(tf.greater(y!, 0), 'float32'))] });

/** max(x, 0), any shape. */
export const relu = <R extends Rank>(x: Tensor<R>): Tensor<R> => reluOp({ x })[0]! as Tensor<R>;

const biasOp = operation({
  name: 'FoveaAddBias',
  plain: ({ x, bias }) => [tf.add(x!, bias!)],
  gradient: ([dy]) => ({ x: dy!, bias: biasGradOp({ dy: dy! })[0]! }),
});
const biasGradOp = operation({
  name: 'FoveaAddBiasGrad',
  plain: ({ dy }) => [tf.sum(tf.reshape(dy!, [-1, dy!.shape.at(-1)!]), 0)],
});

/** x + bias over the last axis. */
export const addBias = <R extends Rank>(x: Tensor<R>, bias: Tensor1D): Tensor<R> => biasOp({ x, bias })[0]! as Tensor<R>;

const gridMeanOp = operation({
  name: 'FoveaGridMean',
  plain: ({ x }) => [tf.mean(x!, [1, 2])],
  gradient: ([dy], { inputs: { x } }) => {
    const [b, h, w, c] = x!.shape as [number, number, number, number];
    return { x: tf.broadcastTo(tf.reshape(tf.mul(dy!, 1 / (h * w)), [b, 1, 1, c]), [b, h, w, c]) };
  },
});

/** Mean over the grid: b h w c -> b c. */
export const gridMean = (x: Tensor4D): Tensor2D => gridMeanOp({ x })[0]! as Tensor2D;

const batchNormOp = operation({
  name: 'FoveaBatchNorm',
  plain: ({ x, scale, shift }, { epsilon }) => {
    const axes = [0, 1, 2];
    const count = x!.size / x!.shape[3]!;
    const mean = tf.mean(x!, axes);
    const centred = tf.sub(x!, mean);
    const variance = tf.mean(tf.square(centred), axes);
    const inverse = tf.rsqrt(tf.add(variance, epsilon as number));
    const y = tf.add(tf.mul(centred, tf.mul(inverse, scale!)), shift!);
    return [y, mean, tf.mul(variance, count / Math.max(1, count - 1)), mean, inverse, inverse];
  },
  gradient: ([dy], { inputs: { x, scale }, outputs: [, , , saved1, saved2, saved3] }, { epsilon }) => {
    const all = batchNormGradOp(
      { dy: dy!, x: x!, scale: scale!, saved1: saved1!, saved2: saved2!, saved3: saved3! },
      { epsilon: epsilon as number },
    );
    return { x: all[0]!, scale: all[1]!, shift: all[2]! };
  },
});
const batchNormGradOp = operation({
  name: 'FoveaBatchNormGrad',
  plain: ({ dy, x, scale, saved1: mean, saved2: inverse }) => {
    const axes = [0, 1, 2];
    const normalised = tf.mul(tf.sub(x!, mean!), inverse!);
    const shift = tf.sum(dy!, axes);
    const slope = tf.sum(tf.mul(dy!, normalised), axes);
    const count = x!.size / x!.shape[3]!;
    const inner = tf.sub(dy!, tf.div(tf.add(shift, tf.mul(normalised, slope)), count));
    return [tf.mul(inner, tf.mul(inverse!, scale!)), slope, shift];
  },
});

/**
 * Batch norm of a training batch over b, h, w: y = scale (x - mean) / sqrt(variance + epsilon) + shift. Also returns the
 * mean and the unbiased variance (times n / (n - 1)), which running statistics are made of.
 */
export function batchNormalise(
  x: Tensor4D,
  scale: Tensor1D,
  shift: Tensor1D,
  epsilon: number,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const [y, mean, variance] = batchNormOp({ x, scale, shift }, { epsilon });
  return { y: y as Tensor4D, mean: mean as Tensor1D, variance: variance as Tensor1D };
}

const layerNormOp = operation({
  name: 'FoveaLayerNorm',
  plain: ({ x, scale, shift }, { epsilon }) => {
    const centred = tf.sub(x!, tf.mean(x!, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon as number));
    const normalised = tf.mul(centred, inverse);
    return [tf.add(tf.mul(normalised, scale!), shift!), normalised, inverse];
  },
  gradient: ([dy], { inputs: { scale }, outputs: [, normalised, inverse] }) => {
    const g = tf.mul(dy!, scale!);
    const along = tf.mean(tf.mul(g, normalised!), -1, true);
    const x = tf.mul(inverse!, tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normalised!, along)));
    const rows = [-1, scale!.size];
    const overRows = (value: Tensor): Tensor => tf.sum(tf.reshape(value, rows), 0);
    return { x, scale: overRows(tf.mul(dy!, normalised!)), shift: overRows(dy!) };
  },
});

/** Layer norm over the last axis, any rank: y = scale (x - mean) / sqrt(variance + epsilon) + shift, biased variance. */
export const layerNormalise = <R extends Rank>(x: Tensor<R>, scale: Tensor1D, shift: Tensor1D, epsilon: number): Tensor<R> =>
  layerNormOp({ x, scale, shift }, { epsilon })[0]! as Tensor<R>;

const crossEntropyOp = operation({
  name: 'FoveaCrossEntropy',
  plain: ({ logits, labels }) => {
    const target = tf.oneHot(labels as Tensor1D, logits!.shape[1]!);
    const log = tf.logSoftmax(logits!);
    return [tf.neg(tf.sum(tf.mul(target, log), 1)), tf.sub(tf.exp(log), target)];
  },
  gradient: ([dy], { inputs: { labels }, outputs: [, slope] }) => ({
    logits: tf.mul(slope!, tf.expandDims(dy!, 1)),
    labels: tf.zerosLike(labels!),
  }),
});

/** -log softmax(logits)[label] for each row, in nats: b classes, b (int32) -> b. */
export const crossEntropy = (logits: Tensor2D, labels: Tensor1D): Tensor1D => crossEntropyOp({ logits, labels })[0]! as Tensor1D;

const topMaskOp = operation({
  name: 'FoveaTopMask',
  plain: ({ x }, { k }) => {
    const { indices } = tf.topk(x!, k as number);
    // cast afterwards: asked for float32, the wasm kernel still writes the bits of integers
    return [tf.sum(tf.cast(tf.oneHot(indices as Tensor2D, x!.shape.at(-1)!), 'float32'), -2)];
  },
  gradient: (_, { inputs: { x } }) => ({ x: tf.zerosLike(x!) }), // a choice has no slope
});

/** 1 at the k largest values along the last axis, 0 elsewhere; of equal values the first. No gradient passes. */
export function topMask<R extends Rank>(x: Tensor<R>, k: number): Tensor<R> {
  const length = x.shape.at(-1) ?? 0;
  if (!Number.isInteger(k) || k < 1 || k > length) throw new Error(`topMask: expected a whole number k from 1 to ${length}, got ${k}`);
  return topMaskOp({ x }, { k })[0]! as Tensor<R>;
}

/** Share of the rows whose largest logit is the label, weighted. */
export const accuracy = (logits: Tensor2D, labels: Tensor1D, weights: Tensor1D): Scalar => {
  const right = tf.cast(tf.equal(tf.cast(tf.argMax(logits, 1), 'int32'), labels), 'float32');
  return tf.div(tf.sum(tf.mul(right, weights)), tf.sum(weights));
};
