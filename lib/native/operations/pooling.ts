/**
 * Pooling by TensorFlow's kernels, on the image with its padding. The gradient of the maximum is a kernel of ours, or finds the
 * places again and sums there: TensorFlow's MaxPoolGrad takes two and a half times as long as that (23 against 9 ms for 64 images
 * of 32 x 32 x 32).
 */
import type { Attribute, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { fit, reachOf, unfit } from '../../tensor/ops/padding';
import { counts, divisors, type Pooling, plainMaxPool, plainMaxPoolGradient } from '../../tensor/ops/pooling';
import type { Device, Kernels, OpAttribute } from './device';

export function pooling({ one, many, type, int, text, bool, int32, fused }: Device): Kernels {
  const settings = ({ kernel, strides }: Pooling): OpAttribute[] => [
    type('T'),
    int('ksize', [1, ...kernel, 1]),
    int('strides', [1, ...strides, 1]),
    text('padding', 'VALID'),
  ];
  const places = ({ kernel, strides, dilations, before }: Pooling): OpAttribute[] => [
    ...Object.entries({ kernel, stride: strides, dilation: dilations }).flatMap(([name, [down, across]]) => [
      int(`${name}Down`, down),
      int(`${name}Across`, across),
    ]),
    int('top', before[0]),
    int('left', before[1]),
  ];
  const format = text('data_format', 'NHWC');
  const covered = (x: Tensor, pool: Pooling): Tensor => fit(x, pool, Number.NEGATIVE_INFINITY);

  return {
    FoveaMaxPool: ({ x }, attributes) => {
      const pool = of(attributes);
      return isDilated(pool) ? plainMaxPool(x!, pool) : one('MaxPool', [...settings(pool), format], [covered(x!, pool)]);
    },
    FoveaMaxPoolGrad: ({ dy, x }, attributes) => {
      const pool = of(attributes);
      if (fused) return one('FoveaMaxPoolGrad', places(pool), [dy!, x!]);
      if (isDilated(pool)) return plainMaxPoolGradient(dy!, x!, pool);
      const image = covered(x!, pool);
      const chosenBy = [...settings(pool), type('Targmax', int32), bool('include_batch_in_index', true)];
      const [, chosen] = many('MaxPoolWithArgmax', chosenBy, [image], 2);
      const sums = [type('T'), type('Tindices', int32), type('Tnumsegments', int32)];
      const flat = one('UnsortedSegmentSum', sums, [tf.reshape(dy!, [-1]), tf.reshape(chosen!, [-1]), tf.scalar(image.size, 'int32')]);
      return unfit(tf.reshape(flat, image.shape), pool);
    },
    FoveaAveragePool: ({ x }, attributes) => {
      const pool = of(attributes);
      const means = one('AvgPool', [...settings(pool), format], [fit(x!, pool)]);
      return isEven(pool) ? means : tf.mul(means, correction(pool));
    },
    FoveaAveragePoolGrad: ({ dy }, attributes) => {
      const pool = of(attributes);
      const [b, , , c] = dy!.shape;
      const size = tf.tensor1d([b!, reachOf(pool, 0), reachOf(pool, 1), c!], 'int32');
      const slope = isEven(pool) ? dy! : tf.mul(dy!, correction(pool));
      return unfit(one('AvgPoolGrad', [...settings(pool), format], [size, slope]), pool);
    },
  };
}

const of = (attributes: Record<string, Attribute>): Pooling => attributes as unknown as Pooling;
const isDilated = ({ dilations, kernel }: Pooling): boolean => dilations.some((size, axis) => size > 1 && kernel[axis]! > 1);
const isEven = (pool: Pooling): boolean =>
  ([0, 1] as const).every((axis) => counts(pool, axis).every((count) => count === pool.kernel[axis]));
/** TensorFlow divides by the whole window. */
const correction = (pool: Pooling): Tensor => tf.div(pool.kernel[0] * pool.kernel[1], divisors(pool));
