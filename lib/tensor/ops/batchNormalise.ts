/**
 * Batch norm while training, with the residual sum and the relu that follow it in one operation. Stock tfjs needs some thirty
 * passes over memory for what a fused kernel does in two.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Attributes, type Inputs, operation } from '../operation';

const axes = [0, 1, 2];

/** Outputs: y, mean, unbiased variance, and what the same backend's gradient wants of this pass. */
const plain = ({ x, scale, shift, residual }: Inputs, { epsilon, relu }: Attributes): Tensor[] => {
  const count = x!.size / x!.shape[3]!;
  const mean = tf.mean(x!, axes);
  const centred = tf.sub(x!, mean);
  const variance = tf.mean(tf.square(centred), axes);
  const inverse = tf.rsqrt(tf.add(variance, epsilon as number));
  const normalised = tf.add(tf.mul(centred, tf.mul(inverse, scale!)), shift!);
  const sum = residual ? tf.add(normalised, residual) : normalised;
  return [relu ? tf.relu(sum) : sum, mean, tf.mul(variance, count / Math.max(1, count - 1)), inverse];
};
const kept = ([y, mean, , ...saved]: readonly Tensor[]): Inputs => ({
  y: y!,
  mean: mean!,
  ...Object.fromEntries(saved.map((tensor, index) => [`saved${index + 1}`, tensor])),
});

const normOp = operation({
  name: 'FoveaBatchNorm',
  plain,
  gradient: ([dy], { inputs, outputs }, attributes) => {
    const [x, scale, shift] = gradOp({ dy: dy!, ...inputs, ...kept(outputs) }, attributes);
    return { x: x!, scale: scale!, shift: shift! };
  },
});
const normAddOp = operation({
  name: 'FoveaBatchNormAdd',
  plain,
  gradient: ([dy], { inputs: { residual: _, ...inputs }, outputs }, attributes) => {
    const grad = attributes['relu'] ? addReluGradOp : gradOp;
    const [x, scale, shift, residual] = grad({ dy: dy!, ...inputs, ...kept(outputs) }, attributes);
    return { x: x!, scale: scale!, shift: shift!, residual: residual ?? dy! };
  },
});

const plainGrad = ({ dy, x, y, scale, mean, saved1: inverse }: Inputs, { relu }: Attributes): Tensor[] => {
  const passed = relu ? tf.mul(dy!, tf.cast(tf.greater(y!, 0), 'float32')) : dy!;
  const normalised = tf.mul(tf.sub(x!, mean!), inverse!);
  const shift = tf.sum(passed, axes);
  const slope = tf.sum(tf.mul(passed, normalised), axes);
  const count = x!.size / x!.shape[3]!;
  const inner = tf.sub(passed, tf.div(tf.add(shift, tf.mul(normalised, slope)), count));
  return [tf.mul(inner, tf.mul(inverse!, scale!)), slope, shift, passed];
};
const gradOp = operation({ name: 'FoveaBatchNormGrad', plain: (inputs, attributes) => plainGrad(inputs, attributes).slice(0, 3) });
const addReluGradOp = operation({ name: 'FoveaBatchNormAddReluGrad', plain: plainGrad });

export type BatchNormaliseOptions = { residual?: Tensor4D | undefined; relu?: boolean };

/**
 * Batch norm of a training batch b h w c over b, h, w: y = scale (x - mean) / sqrt(variance + epsilon) + shift, then plus
 * `residual` (b h w c) and through a relu where asked for. Also returns the mean and the unbiased variance (times n / (n - 1))
 * of x, which running statistics are made of; they carry no gradient.
 */
export function batchNormalise(
  x: Tensor4D,
  scale: Tensor1D,
  shift: Tensor1D,
  epsilon: number,
  { residual, relu = false }: BatchNormaliseOptions = {},
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  if (residual && !tf.util.arraysEqual(x.shape, residual.shape)) {
    throw new Error(`batchNormalise: expected a residual of shape [${x.shape}], got [${residual.shape}]`);
  }
  const attributes = { epsilon, relu };
  const [y, mean, variance] = residual ? normAddOp({ x, scale, shift, residual }, attributes) : normOp({ x, scale, shift }, attributes);
  return { y: y as Tensor4D, mean: mean as Tensor1D, variance: variance as Tensor1D };
}
