/** Einsum: TensorFlow sums over what tfjs refuses, so an equation that names an axis nobody has gives a silent wrong answer. */
import * as tf from '@tensorflow/tfjs-core';
import type { Repairs } from './repair';

export const einsum: Repairs = {
  Einsum: (inputs, { equation }, stock) => {
    const operands = Object.values(inputs);
    const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation as string, operands.length);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands);
    return stock();
  },
};
