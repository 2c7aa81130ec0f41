/** Sums of products by TensorFlow's Einsum. */
import type { Product } from '../../tensor/ops/einsum';
import type { Device, Kernels } from './device';

export const products = ({ one, type, int, text }: Device): Kernels => ({
  FoveaEinsum: ({ a, b }, attributes) => {
    const { left, right, out } = attributes as unknown as Product;
    return one('Einsum', [type('T'), int('N', 2), text('equation', `${left},${right}->${out}`)], [a!, b!]);
  },
});
