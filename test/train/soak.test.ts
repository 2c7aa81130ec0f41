import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { residualNetwork } from '../../lib/models/residualNetwork';
import { compile } from '../../lib/native/compile';
import { useCompiler } from '../../lib/tensor/compiler';
import { initRandom, stream } from '../../lib/tensor/random';
import { dispose } from '../../lib/tensor/tree';
import type { ImageBatch } from '../../lib/train/batch';
import { train } from '../../lib/train/train';

const [size, side] = [4, 8];

function batch(index: number): ImageBatch {
  const next = stream(0, `batch.${index}`);
  return {
    size,
    count: size,
    height: side,
    width: side,
    channels: 1,
    images: Float32Array.from({ length: size * side * side }, next),
    labels: Int32Array.from({ length: size }, (_, row) => (row + index) % 2),
    weights: new Float32Array(size).fill(1),
  };
}

it('holds the same number of tensors in the backend after each of 200 steps, once there is a best epoch', async () => {
  const device = tf.backend() as unknown as { getNumOfTFTensors?: () => number };
  const held = (): number => device.getNumOfTFTensors?.() ?? tf.memory().numTensors;
  const counts = new Set<number>();
  const model = residualNetwork({
    channels: 1,
    classes: 2,
    widths: [4],
    dropoutRate: 0.2,
    attention: { kind: 'squeezeExcite' },
    pooling: { kind: 'meanPooling' },
  });
  const params = model.init(initRandom(0));
  const compilerBefore = useCompiler(compile);
  const trained = await train({
    model,
    params,
    seed: 0,
    epochs: 3,
    stepsPerEpoch: 100,
    batches: () => Array.from({ length: 100 }, (_, index) => batch(index)),
    validation: () => [batch(0)],
    onStep: (step) => {
      if (step > 100) counts.add(held());
    },
  });
  compilerBefore();
  dispose([params, trained.params]);
  expect(trained.history).toHaveLength(3);
  expect([...counts]).toHaveLength(1);
});
