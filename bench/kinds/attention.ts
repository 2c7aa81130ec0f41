/** Attention forward and backward: query, key and value lie ready, and their gradients are left as tensors. */
import { scaledDotProductAttention, tf } from 'fovea';
import { values } from '../stored';
import type { AttentionTask } from '../task';
import type { Kind } from './kind';
import { normals } from './trees';

type Four = tf.Tensor4D;
type Made = { output: tf.Tensor; dQuery: tf.Tensor; dKey: tf.Tensor; dValue: tf.Tensor };
const names = ['query', 'key', 'value', 'dy'] as const;

export const attention: Kind<AttentionTask> = {
  data: ({ batch, heads, tokens, headDim }) =>
    Object.fromEntries(
      names.map((name) => [
        name,
        { dtype: 'F32', shape: [batch, heads, tokens, headDim], values: normals(batch * heads * tokens * headDim, name) },
      ]),
    ),

  engine({ batch, heads, tokens, headDim }, data, compiler) {
    const [query, key, value, dy] = names.map((name) => tf.tensor4d(values(data, name), [batch, heads, tokens, headDim])) as [
      Four,
      Four,
      Four,
      Four,
    ];
    const attend = (query: Four, key: Four, value: Four): Four => scaledDotProductAttention({ query, key, value });
    const one = compiler((query: Four, key: Four, value: Four, dy: Four): Made => {
      const { value: output, grads } = tf.valueAndGrads((...all: tf.Tensor[]) => attend(...(all as [Four, Four, Four])))(
        [query, key, value],
        dy,
      );
      return { output, dQuery: grads[0]!, dKey: grads[1]!, dValue: grads[2]! };
    });
    const all = (): Made => one(query, key, value, dy);
    const energy = (tensor: tf.Tensor): number => tf.tidy(() => tf.sum(tf.square(tensor)).dataSync()[0]!);
    return {
      check: async () => tf.tidy(() => Object.values(all()).map(energy)),
      step: () =>
        tf.tidy(() => {
          all();
        }),
    };
  },
};
