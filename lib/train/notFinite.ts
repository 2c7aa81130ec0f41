/** A loss that is NaN or infinite: which step, and which layer was the first to make such a number. */
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model';
import { firstNotFinite, training } from '../tensor/module';
import { type Tree, tidy } from '../tensor/tree';
import { type ImageBatch, upload } from './batch';
import type { EpochRecord } from './epochRecord';

export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
  constructor(
    readonly step: number,
    readonly where: string,
    readonly history: readonly EpochRecord[],
  ) {
    super(
      `train: expected a finite loss, got NaN or infinity at step ${step}; ${where}. Try a lower rate; the ${history.length} epochs before are kept`,
    );
  }
}

/** Looks at the images, then the parameters, then runs the same forward pass again and watches each layer. */
export function whereNotFinite<P extends Tree>(model: Model<P>, params: P, batch: ImageBatch, seed: number): string {
  if (batch.images.some((value) => !Number.isFinite(value))) return 'the images of this batch already hold one';
  const parameter = firstNotFinite(params);
  if (parameter !== undefined) return `parameter ${parameter} became so in the update before`;
  let layer: string | undefined;
  tidy(() => {
    const random = { seed: tf.scalar(seed, 'int32'), step: tf.scalar(1, 'int32') };
    const watch = (path: string, output: unknown): void => {
      if (layer === undefined && output instanceof tf.Tensor && firstNotFinite(output) !== undefined) layer = path;
    };
    model.forward(params, upload(batch).images, { ...training(random), watch });
    return undefined;
  });
  return layer ? `layer ${layer} made the first one` : 'no layer made one: the logits are too large for the loss';
}
