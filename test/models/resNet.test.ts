import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { resNet } from '../../lib/models/resNet';
import { countParameters, evaluation } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { entries } from '../../lib/tensor/tree';
import { numbers, wavy } from '../tensor/gradients';

const random = initRandom(3);
const plain = { attention: { kind: 'none' }, pooling: { kind: 'meanPooling' } } as const;
const count = (options: { depth: number; shortcut: 'zeroPadding' | 'projection'; classes?: number }): number =>
  countParameters(resNet({ classes: 10, ...plain, ...options }).init(random));

describe('resNet', () => {
  it.each([
    [20, 269_722, 272_474],
    [32, 464_154, 466_906],
    [56, 853_018, 855_770],
    [110, 1_727_962, 1_730_714],
  ])('has the published counts at depth %i: %i without parameters in the shortcuts, %i with', (depth, zeroPadding, projection) => {
    expect(count({ depth, shortcut: 'zeroPadding' })).toBe(zeroPadding);
    expect(count({ depth, shortcut: 'projection' })).toBe(projection);
  });

  it('has 278,324 parameters for a hundred classes', () => {
    expect(count({ depth: 20, shortcut: 'projection', classes: 100 })).toBe(278_324);
  });

  it.each([
    [56, 862_889],
    [110, 1_744_952],
  ])('has the published count at depth %i with squeeze-and-excitation reduced 16 times: %i', (depth, published) => {
    const gated = resNet({ depth, classes: 10, ...plain, attention: { kind: 'squeezeExcite' } });
    expect(countParameters(gated.init(random))).toBe(published);
  });

  it('thins and widens without parameters: every second pixel, between channels of zeros', () => {
    const model = resNet({ depth: 8, widths: [2, 4, 8], channels: 2, classes: 3, shortcut: 'zeroPadding', ...plain });
    const params = model.init(random);
    expect(entries(params).some(([path]) => path.includes('shortcut'))).toBe(false);
    // with zero scales at the end of each block only the shortcuts are left: stem, then every fourth pixel
    const still = {
      ...params,
      stages: params.stages.map((blocks) =>
        blocks.map((block) => ({ ...block, norm2: { ...block.norm2, scale: tf.zerosLike(block.norm2.scale) } })),
      ),
    };
    const { trace } = model.forward(still, wavy([1, 8, 8, 2]), evaluation);
    const features = trace['features']!.weights as tf.Tensor4D; // 1 2 2 8: zeros but for channels 3 and 4
    expect(features.shape).toEqual([1, 2, 2, 8]);
    const byChannel = tf.unstack(tf.max(features, [0, 1, 2])).map((channel) => channel.dataSync()[0]!);
    expect(byChannel.map((value) => value > 0)).toEqual([false, false, false, true, true, false, false, false]);
  });

  it('names its maps as its parameters, as residualNetwork does', () => {
    const model = resNet({ depth: 8, classes: 3, ...plain, attention: { kind: 'cbam', reduction: 4 } });
    const { logits, trace } = model.forward(model.init(random), wavy([2, 8, 8, 3]), evaluation);
    expect(logits.shape).toEqual([2, 3]);
    expect(Object.keys(trace)).toEqual(['stages.0.0.attention', 'stages.1.0.attention', 'stages.2.0.attention', 'features']);
    const maps = trace['stages.2.0.attention']!.weights as { channel: tf.Tensor; spatial: tf.Tensor };
    expect([maps.channel.shape, maps.spatial.shape]).toEqual([
      [2, 64],
      [2, 2, 2],
    ]);
    expect(numbers(maps.spatial).every((gate) => gate >= 0 && gate <= 1)).toBe(true);
  });

  it('refuses a depth that no number of blocks gives', () => {
    expect(() => resNet({ depth: 21, classes: 10, ...plain })).toThrow(
      'resNet: expected a depth of 6 n + 2, as 20 = 6 x 3 + 2, got 21 for 3 widths',
    );
    expect(() => resNet({ depth: 2, classes: 10, ...plain })).toThrow('got 2 for 3 widths');
  });
});
