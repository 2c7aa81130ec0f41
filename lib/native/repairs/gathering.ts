/** Gather: tfjs-node reads all indices to JavaScript to check them, which TensorFlow does itself; so it could not be compiled. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import type { Repairs } from './repair';

export const gathering: Repairs = {
  GatherV2: ({ x, indices }, { axis, batchDims }, _, { one, type, int, int32 }) => {
    tf.backend_util.segment_util.collectGatherOpShapeInfo(x!, indices!, axis as number, batchDims as number);
    const types = [type('Tparams', typeOf(x!)), type('Tindices', typeOf(indices!)), type('Taxis', int32)];
    try {
      return one('GatherV2', [int('batch_dims', batchDims as number), ...types], [x!, indices!, tf.scalar(axis as number, 'int32')]);
    } catch (error) {
      throw inTheWordsOfTfjs(error);
    }
  },
};

const typeOf = ({ dtype }: Tensor): number => (tf.backend() as NodeJSKernelBackend).getDTypeInteger(dtype);

function inTheWordsOfTfjs(error: unknown): unknown {
  const [, value, size] = /indices\[.*\] = (-?\d+) is not in \[0, (\d+)\)/.exec(String(error)) ?? [];
  return value === undefined ? error : new Error(`GatherV2: the index value ${value} is not in [0, ${Number(size) - 1}]`);
}
