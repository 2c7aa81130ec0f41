/** Slices by number and sums of slices, whose numbers stay in TensorFlow; it refuses those that are out of range. */
import * as tf from '@tensorflow/tfjs-core';
import { segmentsOf } from '../../tensor/ops/gather';
import type { Device, Kernels } from './device';

export const indexing = ({ one, type, int, int32, float32 }: Device): Kernels => ({
  FoveaGather: ({ x, indices }) => {
    const types = [type('Tparams', x!.dtype === 'int32' ? int32 : float32), type('Tindices', int32), type('Taxis', int32)];
    return one('GatherV2', [...types, int('batch_dims', indices!.rank - 1)], [x!, indices!, tf.scalar(1, 'int32')]);
  },
  FoveaScatterSum: ({ x, indices }, { count }) => {
    const { rows, ids, segments, shape } = segmentsOf(x!, indices!, count as number);
    const types = [type('T'), type('Tindices', int32), type('Tnumsegments', int32)];
    return tf.reshape(one('UnsortedSegmentSum', types, [rows, ids, tf.scalar(segments, 'int32')]), shape);
  },
});
