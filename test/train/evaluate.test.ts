import type * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { resNet } from '../../lib/models/resNet';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { upload } from '../../lib/train/batch';
import { evaluate } from '../../lib/train/evaluate';
import { stripes } from './stripes';

it('keeps each map of a mechanism with two, under its name and with its axes, for the images that count', () => {
  const model = resNet({
    depth: 8,
    widths: [2, 4, 8],
    channels: 1,
    classes: 2,
    attention: { kind: 'cbam', reduction: 2 },
    pooling: { kind: 'meanPooling' },
  });
  const params = model.init(initRandom(1));
  const batch = { ...stripes(4, 8, 3), count: 3 }; // the last row fills up
  const { maps } = evaluate(model, params, [batch], (path) => path === 'stages.1.0.attention');
  expect(Object.keys(maps)).toEqual(['stages.1.0.attention.channel', 'stages.1.0.attention.spatial']);
  const [channel, spatial] = Object.values(maps);
  expect([channel!.axes, channel!.shape]).toEqual(['b channel', [3, 4]]);
  expect([spatial!.axes, spatial!.shape]).toEqual(['b h w', [3, 4, 4]]);
  const { trace } = model.forward(params, upload(batch).images, evaluation);
  const weights = trace['stages.1.0.attention']!.weights as { channel: tf.Tensor };
  const ours = weights.channel.dataSync().slice(0, 12);
  expect(channel!.values.length).toBe(ours.length);
  ours.forEach((value, i) => expect(channel!.values[i]).toBeCloseTo(value, 5));
});
