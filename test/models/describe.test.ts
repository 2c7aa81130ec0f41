import * as tf from '@tensorflow/tfjs-core';
import { expect, describe as group, it } from 'vitest';
import { describe } from '../../lib/models/describe';
import type { Model } from '../../lib/models/model';
import { resNet } from '../../lib/models/resNet';
import { visionTransformer } from '../../lib/models/visionTransformer';
import { countParameters } from '../../lib/tensor/module';
import { einsum } from '../../lib/tensor/ops';
import { initRandom } from '../../lib/tensor/random';

const plain = { attention: { kind: 'none' }, pooling: { kind: 'meanPooling' } } as const;
const once = { repeats: 1 } as const;

group('describe', () => {
  it('gives each layer its shape, parameters and multiply-accumulates, by hand', () => {
    const model = resNet({ depth: 8, widths: [2, 4, 8], channels: 3, classes: 5, ...plain });
    const { layers, parameters } = describe(model, { image: [8, 8, 3], ...once });
    const at = (path: string) => layers.find((row) => row.path === path)!;
    expect(at('stem.conv')).toMatchObject({ shape: [8, 8, 2], parameters: 9 * 3 * 2, multiplyAccumulates: 64 * 9 * 3 * 2 });
    expect(at('stages.1.0.conv1')).toMatchObject({ shape: [4, 4, 4], parameters: 9 * 2 * 4, multiplyAccumulates: 16 * 9 * 2 * 4 });
    expect(at('stages.1.0.shortcut.conv')).toMatchObject({ parameters: 2 * 4, multiplyAccumulates: 16 * 2 * 4 });
    expect(at('stages.1.0.norm1')).toMatchObject({ parameters: 8, multiplyAccumulates: 0 });
    expect(at('head')).toMatchObject({ shape: [5], parameters: 8 * 5 + 5, multiplyAccumulates: 8 * 5 });
    expect(layers.reduce((sum, row) => sum + row.parameters, 0)).toBe(parameters);
  });

  it.each([
    [20, 'zeroPadding', 40_551_040],
    [20, 'projection', 40_813_184],
    [56, 'zeroPadding', 125_485_696],
    [56, 'projection', 125_747_840],
  ] as const)('counts the published multiply-accumulates of ResNet-%i with %s shortcuts: %i', (depth, shortcut, published) => {
    const { multiplyAccumulates } = describe(resNet({ depth, classes: 10, shortcut, ...plain }), { image: [32, 32, 3], ...once });
    expect(multiplyAccumulates).toBe(published);
  });

  it('counts those of SE-ResNet-56: 125,753,888', () => {
    const model = resNet({ depth: 56, classes: 10, ...plain, attention: { kind: 'squeezeExcite' } });
    expect(describe(model, { image: [32, 32, 3], ...once }).multiplyAccumulates).toBe(125_753_888);
  });

  it('counts those of ViT-Ti/16 with attention’s own products: 1,253,683,200', () => {
    const model = visionTransformer({
      channels: 3,
      classes: 1000,
      image: [224, 224],
      patch: 16,
      dim: 192,
      depth: 12,
      attention: { kind: 'multiHeadAttention', heads: 3, bias: true },
      pooling: 'classToken',
    });
    const { multiplyAccumulates, parameters } = describe(model, { image: [224, 224, 3], ...once });
    expect([multiplyAccumulates, parameters]).toEqual([1_253_683_200, 5_717_416]);
  });

  it('counts what a module of one’s own multiplies: 2 x 3 positions, 4 channels, sums of 5', () => {
    const model: Model<{ weight: tf.Tensor }> = {
      init: () => ({ weight: tf.ones([5, 4]) }),
      forward: ({ weight }, x) => ({ logits: tf.reshape(einsum('bhwc,cd->bhwd', x, weight), [1, -1]) as tf.Tensor2D, trace: {} }),
    };
    expect(describe(model, { image: [2, 3, 5], ...once }).multiplyAccumulates).toBe(2 * 3 * 4 * 5);
  });

  it('takes the parameters that it is given, and leaves them', () => {
    const model = resNet({ depth: 8, widths: [2, 4, 8], classes: 5, ...plain });
    const params = model.init(initRandom(1));
    const { text, layers } = describe(model, { image: [8, 8, 3], params });
    expect(countParameters(params)).toBe(58 + 80 + 248 + 944 + 45); // stem, three blocks, head
    expect(text.split('\n')).toHaveLength(layers.length + 2);
    expect(text.split('\n')[0]).toMatch(/^layer +shape +parameters +multiply-accumulates +ms$/);
    expect(text).toMatch(/^head +5 +45 +40 +\d+\.\d\d$/m);
    expect(params.head.bias.dataSync().length).toBe(5); // not disposed
  });
});
