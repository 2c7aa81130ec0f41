/** Writing at indices, and drawing them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Repairs } from './repair';

export const scattering: Repairs = {
  // a list of indices is a column of them: TensorFlow has come to insist
  ScatterNd: ({ indices, updates }, _, stock) => stock({ indices: columns(indices!), updates: updates! }),
  // TensorFlow's Multinomial goes on from draw to draw; a seed is to give the same draws each time
  Multinomial: ({ logits }, { numSamples, seed, normalized }, _, { one, type, int32 }) => {
    const scores = normalized === true ? tf.log(logits!) : logits!;
    const key = tf.tensor1d([Math.trunc(seed as number) | 0, Math.round(((seed as number) % 1) * 2 ** 30)], 'int32');
    return one(
      'StatelessMultinomial',
      [type('T'), type('Tseed', int32), type('output_dtype', int32)],
      [scores, tf.scalar(numSamples as number, 'int32'), key],
    );
  },
};

const columns = (indices: Tensor): Tensor => (indices.rank === 1 ? tf.expandDims(indices, 1) : indices);
