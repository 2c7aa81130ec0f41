/** A training step: from plain numbers to the loss as a number, as the training loop does it. */
import { adam, initRandom, initState, replace, type State, tf, trainingStep, tree, upload } from 'fovea';
import type { StoredTensors } from 'fovea/dist/native/safetensors';
import { networkOf } from '../networks';
import { values, whole } from '../stored';
import { batches, classes, type TrainTask } from '../task';
import type { Kind } from './kind';
import { normals, restoredTree, storedTree } from './trees';

export const train: Kind<TrainTask> = {
  data({ network, batch, size }) {
    const all: { [name: string]: StoredTensors[string] } = { ...storedTree('params', networkOf(network, size).init(initRandom(0))) };
    for (let index = 0; index < batches; index++) {
      const shape = [batch, size, size, 3];
      all[`images.${index}`] = { dtype: 'F32', shape, values: normals(batch * size * size * 3, `images.${index}`) };
      all[`labels.${index}`] = {
        dtype: 'I32',
        shape: [batch],
        values: Int32Array.from({ length: batch }, (_, at) => (at * 7 + index) % classes),
      };
    }
    return all;
  },

  engine({ network, batch, size, rate }, data, compiler) {
    const model = networkOf(network, size);
    const optimiser = adam();
    const one = compiler(trainingStep(model, optimiser));
    const weights = new Float32Array(batch).fill(1);
    const plain = Array.from({ length: batches }, (_, index) => ({
      size: batch,
      count: batch,
      height: size,
      width: size,
      channels: 3,
      images: values(data, `images.${index}`),
      labels: whole(data, `labels.${index}`),
      weights,
    }));
    let state: State<tree.Tree> = initState(restoredTree(data, 'params', model.init(initRandom(0))), optimiser);
    let done = 0;
    const step = (): number => {
      const result = tree.tidy(() => {
        const scalars = { rate: tf.scalar(rate), seed: tf.scalar(0, 'int32') };
        return one(state, upload(plain[done % batches]!), scalars);
      });
      const loss = result.loss.dataSync()[0]!;
      tree.dispose([result.loss, result.accuracy]);
      replace(state, result.state);
      state = result.state;
      done += 1;
      return loss;
    };
    return { check: async (steps) => Array.from({ length: steps }, step), step };
  },
};
