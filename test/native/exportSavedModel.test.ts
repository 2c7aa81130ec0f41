import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Model } from '../../lib/models/model';
import { residualNetwork } from '../../lib/models/residualNetwork';
import { exportSavedModel } from '../../lib/native/exportSavedModel';
import { evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';

type Loaded = { inputs: { dtype: string }[]; predict: (inputs: object) => Record<string, Tensor>; dispose: () => void };
type Node = { loadSavedModel: (folder: string) => Promise<Loaded> };
const load = createRequire(__filename);
const folder = mkdtempSync(join(tmpdir(), 'fovea-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const size = { height: 8, width: 6, channels: 3 };
const model = residualNetwork({
  channels: 3,
  classes: 5,
  widths: [4, 6],
  attention: { kind: 'squeezeExcite', reduction: 2 },
  pooling: { kind: 'attentionPooling' },
});

describe.runIf(process.env['FOVEA_BACKEND'] !== 'wasm')('exportSavedModel', () => {
  it('writes what tfjs-node reads: the logits of the model, for any number of images', async () => {
    const params = model.init(initRandom(1));
    exportSavedModel(model, params, join(folder, 'net'), size);
    expect(readFileSync(join(folder, 'net', 'saved_model.pb'), 'latin1')).not.toContain('Fovea'); // operations that only we have
    const { node } = load('@tensorflow/tfjs-node') as { node: Node };
    const loaded = await node.loadSavedModel(join(folder, 'net'));
    expect(loaded.inputs.map(({ dtype }) => dtype)).toEqual(['float32']);
    for (const count of [1, 7]) {
      const images = tf.randomUniform([count, 8, 6, 3], -1, 1, 'float32', 5) as Tensor4D;
      const { logits } = loaded.predict({ images });
      const expected = model.forward(params, images, evaluation).logits;
      expect(logits!.shape).toEqual([count, 5]);
      expect(tf.max(tf.abs(tf.sub(logits!, expected))).dataSync()[0]).toBeLessThan(1e-5);
    }
    loaded.dispose();
  });

  it('refuses a model that computes with the number of images', () => {
    const odd: Model<Record<never, never>> = {
      init: () => ({}),
      forward: (_, images) => ({ logits: tf.mul(tf.mean(images, [1, 2]), tf.scalar(1 / images.shape[0])) as Tensor2D, trace: {} }),
    };
    expect(() => exportSavedModel(odd, {}, join(folder, 'odd'), size)).toThrow(
      'exportSavedModel: expected a model that treats every number of images alike, got a Const that depends on it in another way',
    );
  });
});
