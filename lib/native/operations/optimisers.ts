/** The moves of optimisers, a leaf at a time. */
import type { Device, Kernels } from './device';

export const optimisers = ({ many, float, fused }: Device): Kernels => ({
  ...(fused && {
    FoveaAdam: ({ p, g, mean, square, size, unbias }, { beta1, beta2, epsilon }) => {
      const [b1, b2] = [beta1 as number, beta2 as number];
      // 1 - beta taken here: in float it would lose digits
      const constants = { beta1: b1, beta2: b2, rest1: 1 - b1, rest2: 1 - b2, epsilon: epsilon as number };
      const attributes = Object.entries(constants).map(([name, value]) => float(name, value));
      return many('FoveaAdam', attributes, [p!, g!, mean!, square!, size!, unbias!], 3);
    },
  }),
});
