/** Normalisation: value and gradient in a pass each. */
import type { Attribute } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Device, Kernels, OpAttribute } from './device';

export function norms({ many, type, float, bool, text }: Device): Kernels {
  const norm = (epsilon: Attribute): OpAttribute[] => [
    type('T'),
    type('U'),
    float('epsilon', epsilon as number),
    text('data_format', 'NHWC'),
    bool('is_training', true),
  ];
  return {
    FoveaBatchNorm: ({ x, scale, shift }, { epsilon }) => {
      const none = tf.tensor1d([]); // the running statistics that only the other mode reads
      return many('FusedBatchNormV3', [...norm(epsilon!), float('exponential_avg_factor', 1)], [x!, scale!, shift!, none, none], 6);
    },
    FoveaBatchNormGrad: ({ dy, x, scale, saved1, saved2, saved3 }, { epsilon }) =>
      many('FusedBatchNormGradV3', norm(epsilon!), [dy!, x!, scale!, saved1!, saved2!, saved3!], 5).slice(0, 3),
  };
}
