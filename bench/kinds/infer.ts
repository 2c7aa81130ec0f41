/** The logits of one image: from plain numbers to plain numbers. */
import { evaluation, initRandom, tf, type tree } from 'fovea';
import { networkOf } from '../networks';
import { values } from '../stored';
import type { InferTask } from '../task';
import type { Kind } from './kind';
import { normals, restoredTree, storedTree } from './trees';

export const infer: Kind<InferTask> = {
  data: ({ network, size }) => ({
    ...storedTree('params', networkOf(network, size).init(initRandom(0))),
    'images.0': { dtype: 'F32', shape: [1, size, size, 3], values: normals(size * size * 3, 'image') },
  }),

  engine({ network, size }, data, compiler) {
    const model = networkOf(network, size);
    const params = restoredTree(data, 'params', model.init(initRandom(0)));
    const image = values(data, 'images.0');
    const mode = { ...evaluation, wants: () => false };
    const predict = (params: tree.Tree, images: tf.Tensor4D) => ({ logits: model.forward(params, images, mode).logits });
    const one = compiler(predict, { constants: 1 }); // the weights do not change
    const step = (): Float32Array => tf.tidy(() => one(params, tf.tensor4d(image, [1, size, size, 3])).logits.dataSync<'float32'>());
    return { check: async () => surprises(step()), step };
  },
};

/** -log softmax: positive numbers, unlike logits. */
function surprises(logits: ArrayLike<number>): number[] {
  const all = Array.from(logits);
  const total = Math.log(all.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return all.map((logit) => total - logit);
}
