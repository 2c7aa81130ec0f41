/**
 * Stock tfjs-node in a process of its own: `stock.js layers TASK DATA`. The network in tf.layers, trained with trainOnBatch, on
 * the same TensorFlow library; nothing of Fovea's is registered, only how the library is opened is ours.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs-node';
import { openBinding } from 'fovea/dist/native/opening';
import { decodeSafetensors, type StoredTensors } from 'fovea/dist/native/safetensors';
import { type Engine, serve } from './engineProcess';
import { stockNetwork } from './stockNetwork';
import { values, whole } from './stored';
import { batches, classes, type InferTask, type Task, type TrainTask } from './task';

const load = createRequire(__filename);
let tf: typeof TensorFlow;

function train({ network, batch, size, rate }: TrainTask, data: StoredTensors): Omit<Engine, 'versions'> {
  const model = stockNetwork(tf, network, size, data);
  model.compile({ optimizer: tf.train.adam(rate, 0.9, 0.999, 1e-8), loss: 'categoricalCrossentropy' });
  let done = 0;
  const step = async (): Promise<number> => {
    const at = done++ % batches;
    const images = tf.tensor4d(values(data, `images.${at}`), [batch, size, size, 3]);
    const labels = tf.tidy(() => tf.oneHot(tf.tensor1d(whole(data, `labels.${at}`), 'int32'), classes));
    const loss = (await model.trainOnBatch(images, labels)) as number;
    tf.dispose([images, labels]);
    return loss;
  };
  const check = async (steps: number): Promise<number[]> => {
    const losses: number[] = [];
    for (let index = 0; index < steps; index++) losses.push(await step());
    return losses;
  };
  return { check, step };
}

function infer({ network, size }: InferTask, data: StoredTensors): Omit<Engine, 'versions'> {
  const model = stockNetwork(tf, network, size, data);
  const image = values(data, 'images.0');
  const step = (): Float32Array =>
    tf.tidy(() => (model.predict(tf.tensor4d(image, [1, size, size, 3])) as TensorFlow.Tensor).dataSync<'float32'>());
  return { check: async () => Array.from(step(), (share) => -Math.log(share)), step };
}

async function main([, text, path]: readonly string[]): Promise<void> {
  const task = JSON.parse(text!) as Task;
  const data = decodeSafetensors(readFileSync(path!), path!);
  openBinding(() => {
    tf = load('@tensorflow/tfjs-node') as typeof TensorFlow;
  });
  await tf.ready();
  const { node, 'tfjs-core': tfjs } = { node: process.version, ...tf.version };
  await serve(async () => {
    if (task.kind === 'attention') throw new Error('stock: tf.layers has no attention that it can train');
    return { versions: { tfjs, node }, ...(task.kind === 'train' ? train(task, data) : infer(task, data)) };
  });
}

void main(process.argv.slice(2));
