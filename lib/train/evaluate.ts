/** What a model says of images, as plain numbers: predictions, loss, accuracy and the maps asked for. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model';
import { type Axes, evaluation } from '../tensor/module';
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

export function evaluate<P extends Tree>(
  model: Model<P>,
  params: P,
  batches: Iterable<ImageBatch>,
  wants: (path: string) => boolean = () => false,
): Evaluation {
  const losses: number[] = [];
  const predictions: number[] = [];
  const labels: number[] = [];
  const parts = new Map<string, { axes: Axes; shape: readonly number[]; values: Float32Array[] }>();
  for (const plain of batches) {
    tidy(() => {
      const batch = upload(plain);
      const { logits, trace } = model.forward(params, batch.images, { ...evaluation, wants });
      losses.push(...crossEntropy(logits, batch.labels).dataSync().slice(0, plain.count));
      predictions.push(...tf.argMax(logits, 1).dataSync().slice(0, plain.count));
      labels.push(...plain.labels.slice(0, plain.count));
      for (const [path, { axes, weights }] of Object.entries(trace)) {
        if (!(weights instanceof tf.Tensor)) continue;
        const part = parts.get(path) ?? { axes, shape: weights.shape.slice(1), values: [] };
        part.values.push((weights as Tensor).dataSync<'float32'>().slice(0, plain.count * tf.util.sizeFromShape([...part.shape])));
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
