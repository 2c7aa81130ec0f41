/** What a model says of images, as plain numbers: predictions, loss, accuracy and the maps asked for. */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model';
import { compiler } from '../tensor/compiler';
import { type Axes, evaluation, mapsOf, type Trace } from '../tensor/module';
import { crossEntropy } from '../tensor/ops';
import { type Tree, tidy } from '../tensor/tree';
import { type ImageBatch, upload } from './batch';

/** A map of all images one after the other: `shape` begins with their number. */
export type MapValues = { readonly axes: Axes; readonly shape: readonly number[]; readonly values: Float32Array };
export type Evaluation = {
  readonly count: number;
  /** Mean cross-entropy, nats. */
  readonly loss: number;
  /** Share right, 0 to 1. */
  readonly accuracy: number;
  readonly predictions: readonly number[];
  readonly labels: readonly number[];
  readonly maps: { readonly [path: string]: MapValues };
};

export type Evaluator<P extends Tree> = {
  readonly evaluate: (params: P, batches: Iterable<ImageBatch>) => Evaluation;
  /** Frees what was compiled for it. */
  readonly dispose: () => void;
};

export function evaluate<P extends Tree>(
  model: Model<P>,
  params: P,
  batches: Iterable<ImageBatch>,
  wants: (path: string) => boolean = () => false,
): Evaluation {
  const { evaluate, dispose } = evaluator(model, wants);
  try {
    return evaluate(params, batches);
  } finally {
    dispose();
  }
}

/** An evaluation that is wanted more than once: compiled once. */
export function evaluator<P extends Tree>(model: Model<P>, wants: (path: string) => boolean = () => false): Evaluator<P> {
  const look = compiler()((params: P, images: Tensor4D, labels: Tensor1D) => {
    const { logits, trace } = model.forward(params, images, { ...evaluation, wants });
    return { losses: crossEntropy(logits, labels), predictions: tf.argMax(logits, 1), trace };
  });
  return { evaluate: (params, batches) => measured((images, labels) => look(params, images, labels), batches), dispose: look.dispose };
}

type Looked = { losses: Tensor; predictions: Tensor; trace: Trace };

function measured(look: (images: Tensor4D, labels: Tensor1D) => Looked, batches: Iterable<ImageBatch>): Evaluation {
  const losses: number[] = [];
  const predictions: number[] = [];
  const labels: number[] = [];
  const parts = new Map<string, { axes: Axes; shape: readonly number[]; values: Float32Array[] }>();
  for (const plain of batches) {
    tidy(() => {
      const batch = upload(plain);
      const looked = look(batch.images, batch.labels);
      losses.push(...looked.losses.dataSync().slice(0, plain.count));
      predictions.push(...looked.predictions.dataSync().slice(0, plain.count));
      labels.push(...plain.labels.slice(0, plain.count));
      for (const { path, axes, map } of mapsOf(looked.trace)) {
        const part = parts.get(path) ?? { axes, shape: map.shape.slice(1), values: [] };
        part.values.push(map.dataSync<'float32'>().slice(0, plain.count * tf.util.sizeFromShape([...part.shape])));
        parts.set(path, part);
      }
      return undefined;
    });
  }
  const count = labels.length;
  if (count === 0) throw new Error('evaluate: expected at least one image, got none');
  return {
    count,
    loss: losses.reduce((sum, loss) => sum + loss, 0) / count,
    accuracy: predictions.filter((prediction, index) => prediction === labels[index]).length / count,
    predictions,
    labels,
    maps: Object.fromEntries(
      [...parts].map(([path, { axes, shape, values }]) => [path, { axes, shape: [count, ...shape], values: concat(values) }]),
    ),
  };
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
