/** Losses with their gradients in one pass. */
import type { Device, Kernels } from './device';

export const losses = ({ many, type, int32 }: Device): Kernels => ({
  FoveaCrossEntropy: ({ logits, labels }) =>
    many('SparseSoftmaxCrossEntropyWithLogits', [type('T'), type('Tlabels', int32)], [logits!, labels!], 2),
});
