/** Losses with their gradients in one pass. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Device, Kernels } from './device';

export const losses = ({ one, many, type, int, int32 }: Device): Kernels => ({
  FoveaCrossEntropy: ({ logits, labels }) =>
    many('SparseSoftmaxCrossEntropyWithLogits', [type('T'), type('Tlabels', int32)], [logits!, labels!], 2),
  FoveaSoftCrossEntropy: ({ logits, shares }, { whole }) => {
    const [values, slope] = many('SoftmaxCrossEntropyWithLogits', [type('T')], [logits!, shares!], 2) as [Tensor, Tensor];
    // TensorFlow's slope, softmax - shares, is that of shares which sum to 1
    return [values, whole ? slope : tf.sub(tf.mul(tf.add(slope, shares!), tf.sum(shares!, 1, true)), shares!)];
  },
  FoveaSmoothLabels: ({ labels }, { classes, on, off }) =>
    one(
      'OneHot',
      [type('T'), type('TI', int32), int('axis', -1)],
      [labels!, tf.scalar(classes as number, 'int32'), tf.scalar(on as number), tf.scalar(off as number)],
    ),
});
