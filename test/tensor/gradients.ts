/**
 * Finite differences in float32: central, step 1e-2 (the best for float32: rounding and curvature balance there). A test
 * passes when no entry differs by more than `tolerance` of the largest gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import { lossAndGradients } from '../../lib/tensor/grad';
import { learned } from '../../lib/tensor/module';
import { entries, flatten, type Tree } from '../../lib/tensor/tree';

export const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

/** A fixed tensor without symmetries: another number at each place, of size about 1. */
export function wavy<R extends tf.Rank>(shape: tf.ShapeMap[R], phase = 0): tf.Tensor<R> {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => Math.sin(1.7 * i + phase) + 0.3 * Math.cos(0.37 * i * i + phase),
  );
  return tf.tensor<R>(values, shape);
}

/** The largest difference between gradient and finite difference, relative to the largest gradient of the same leaf. */
export function gradientError<P extends Tree>(params: P, f: (params: P) => tf.Tensor, step = 1e-2): { [path: string]: number } {
  return tf.tidy(() => {
    const loss = (params: P): tf.Scalar => {
      const y = f(params);
      return tf.sum(tf.mul(y, wavy(y.shape as tf.ShapeMap[tf.Rank], 0.5)));
    };
    const { grads } = lossAndGradients(params, (params) => ({ loss: loss(params), aux: undefined }));
    const { leaves, rebuild } = flatten(params);
    const wanted = new Map(entries(grads as Tree));
    const paths = new Set(entries(learned(params) as Tree).map(([path]) => path));
    const all = entries(params);
    const errors: { [path: string]: number } = {};
    all.forEach(([path, leaf], index) => {
      if (!paths.has(path)) return;
      const slope = numbers(wanted.get(path)!);
      const size = Math.max(...slope.map(Math.abs), 1e-6);
      const at = numbers(leaf);
      const moved = (i: number, by: number): number =>
        tf.tidy(() => {
          const changed = tf.tensor(
            Float32Array.from(at, (value, k) => (k === i ? value + by : value)),
            leaf.shape,
          );
          return loss(rebuild(leaves.map((old, k) => (k === index ? changed : old)))).dataSync()[0]!;
        });
      const worst = at.map((_, i) => Math.abs((moved(i, step) - moved(i, -step)) / (2 * step) - slope[i]!));
      errors[path] = Math.max(...worst) / size;
    });
    return errors as never;
  });
}
