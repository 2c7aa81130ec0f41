import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { visionTransformer } from '../../lib/models/visionTransformer';
import { lossAndGradients } from '../../lib/tensor/grad';
import { countParameters, evaluation, learned, training } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { entries, map, type Tree } from '../../lib/tensor/tree';
import { numbers, wavy } from '../tensor/gradients';

const random = initRandom(3);
const attention = { kind: 'multiHeadAttention', heads: 2, bias: true } as const;
const common = { channels: 2, classes: 3, image: [4, 6], patch: 2, dim: 8, depth: 2, mlpRatio: 2, attention } as const;
const images = (): tf.Tensor4D => wavy<tf.Rank.R4>([3, 4, 6, 2]);
const key = () => ({ seed: tf.scalar(1, 'int32'), step: tf.scalar(1, 'int32') });

describe('visionTransformer', () => {
  it('gives logits of every image, and every map under its path: six patches and a class token look at each other', () => {
    const model = visionTransformer({ ...common, pooling: 'classToken' });
    const { logits, trace } = model.forward(model.init(random), images(), evaluation);
    expect(logits.shape).toEqual([3, 3]);
    expect(Object.keys(trace)).toEqual(['blocks.0.attention', 'blocks.1.attention', 'grid']);
    expect(trace['blocks.0.attention']!.axes).toBe('b head query key');
    expect((trace['blocks.0.attention']!.weights as tf.Tensor).shape).toEqual([3, 2, 7, 7]);
    expect((trace['grid']!.weights as tf.Tensor).shape).toEqual([3, 2, 3, 8]);
  });

  it('takes any pooling of the grid in place of the class token, and then has none', () => {
    const model = visionTransformer({ ...common, pooling: { kind: 'attentionPooling' } });
    const params = model.init(random);
    expect('classToken' in params).toBe(false);
    const { trace } = model.forward(params, images(), evaluation);
    expect((trace['blocks.1.attention']!.weights as tf.Tensor).shape).toEqual([3, 2, 6, 6]);
    expect((trace['pooling']!.weights as tf.Tensor).shape).toEqual([3, 2, 3]);
  });

  it('gives the same logits whether its maps are asked for or not', () => {
    const model = visionTransformer({ ...common, pooling: 'classToken' });
    const params = model.init(random);
    const quiet = model.forward(params, images(), { ...evaluation, wants: () => false });
    expect(quiet.trace).toEqual({});
    expect(numbers(quiet.logits)).toEqual(numbers(model.forward(params, images(), evaluation).logits));
  });

  it('has the published count of ViT-Ti/16: 5,717,416', () => {
    const published = { channels: 3, classes: 1000, image: [224, 224], pooling: 'classToken', depth: 12 } as const;
    const tiny = visionTransformer({ ...published, patch: 16, dim: 192, attention: { ...attention, heads: 3 } });
    expect(countParameters(tiny.init(random))).toBe(5_717_416);
  });

  it('counts by hand: patches, class token, positions, blocks, norm and head', () => {
    const block = 2 * 16 + (8 * 24 + 24) + (8 * 8 + 8) + (8 * 16 + 16) + (16 * 8 + 8);
    const ends = 2 * 2 * 2 * 8 + 8 + (8 * 3 + 3) + 16;
    const count = (options: object): number =>
      countParameters(visionTransformer({ ...common, pooling: 'classToken', ...options }).init(random));
    expect(count({})).toBe(2 * block + ends + 8 + 7 * 8);
    expect(count({ pooling: { kind: 'meanPooling' } })).toBe(2 * block + ends + 6 * 8);
    expect(count({ positions: 'sine' })).toBe(2 * block + ends + 8);
    expect(count({ layerScale: 0.1 })).toBe(2 * (block + 16) + ends + 8 + 7 * 8);
    expect(count({ attention: { ...attention, qkNorm: 'layer' } })).toBe(2 * (block + 16) + ends + 8 + 7 * 8);
  });

  it('does not know where patches are without positions: shuffled patches give the same logits', () => {
    const swapped = (x: tf.Tensor4D): tf.Tensor4D =>
      tf.concat([tf.slice(x, [0, 2, 0, 0], [3, 2, 6, 2]), tf.slice(x, [0, 0, 0, 0], [3, 2, 6, 2])], 1) as tf.Tensor4D; // the two rows of patches
    const change = (positions: 'none' | 'learned' | 'sine'): number => {
      const model = visionTransformer({ ...common, positions, pooling: { kind: 'meanPooling' } });
      const params = model.init(random);
      const logits = (x: tf.Tensor4D) => model.forward(params, x, evaluation).logits;
      return Math.max(...numbers(tf.abs(tf.sub(logits(images()), logits(swapped(images()))))));
    };
    expect(change('none')).toBeLessThan(1e-5);
    expect(change('learned')).toBeGreaterThan(1e-4);
    expect(change('sine')).toBeGreaterThan(1e-2);
  });

  it('is patches, pooling, norm and head alone where LayerScale starts at 0', () => {
    const model = visionTransformer({ ...common, layerScale: 0, positions: 'none', pooling: { kind: 'meanPooling' } });
    const params = model.init(random);
    const { logits, trace } = model.forward(params, images(), evaluation);
    const empty = visionTransformer({ ...common, depth: 1, layerScale: 0, positions: 'none', pooling: { kind: 'meanPooling' } });
    const without = empty.forward({ ...params, blocks: params.blocks.slice(0, 1) }, images(), evaluation);
    expect(numbers(logits)).toEqual(numbers(without.logits));
    expect(numbers(trace['grid']!.weights as tf.Tensor)).toEqual(numbers(without.trace['grid']!.weights as tf.Tensor));
  });

  it('names each map and mask as its parameters are named', () => {
    const model = visionTransformer({
      ...common,
      layerScale: 0.1,
      pooling: { kind: 'attentionPooling' },
      attention: { ...attention, qkNorm: 'layer' },
    });
    const params = model.init(random);
    const seen = new Set<string>();
    model.forward(params, images(), { ...evaluation, watch: (path) => seen.add(path) });
    const branches = entries(params).map(([path]) => path.replace(/\.(weight|bias|scale|shift|table)$/, ''));
    expect([...new Set(branches)].filter((branch) => !seen.has(branch))).toEqual([]);
  });

  it('drops parts and paths in training alone, by seed and step', () => {
    const model = visionTransformer({ ...common, pooling: 'classToken', dropoutRate: 0.2, dropPathRate: 0.5 });
    const params = model.init(random);
    const logits = (mode = training(key())): number[] => numbers(model.forward(params, images(), mode).logits);
    expect(logits()).toEqual(logits());
    expect(logits()).not.toEqual(logits(training({ seed: tf.scalar(1, 'int32'), step: tf.scalar(2, 'int32') })));
    expect(logits()).not.toEqual(logits(evaluation));
  });

  it('has a gradient for every parameter', () => {
    const model = visionTransformer({ ...common, layerScale: 0.1, pooling: 'classToken', attention: { ...attention, qkNorm: 'layer' } });
    const params = map(model.init(random), (leaf) => tf.add(leaf, wavy(leaf.shape as tf.ShapeMap[tf.Rank], 0.3)));
    const { grads } = lossAndGradients(params, (params) => ({
      loss: tf.sum(tf.square(model.forward(params, images(), training(key())).logits)) as tf.Scalar,
      aux: undefined,
    }));
    expect(entries(grads as Tree).map(([path]) => path)).toEqual(entries(learned(params) as Tree).map(([path]) => path));
    const still = entries(grads as Tree).filter(([, leaf]) => numbers(leaf).every((value) => value === 0));
    expect(still.map(([path]) => path)).toEqual([]);
  });

  it('checks options when written, and when run', () => {
    const later = () => {
      // @ts-expect-error: a misspelt option
      visionTransformer({ ...common, pooling: 'classToken', attention: { kind: 'multiHeadAttention', head: 2 } });
      // @ts-expect-error: a mechanism for grids
      visionTransformer({ ...common, pooling: 'classToken', attention: { kind: 'squeezeExcite' } });
    };
    expect(later).toThrow('token attention: expected one of multiHeadAttention, got squeezeExcite');
    expect(() => visionTransformer({ ...common, patch: 4, pooling: 'classToken' })).toThrow(
      'visionTransformer: expected an image that patch=4 divides, got 4 x 6',
    );
    expect(() => visionTransformer({ ...common, pooling: 'classToken', classToken: false })).toThrow('got classToken=false');
    expect(() => visionTransformer({ ...common, depth: 0, pooling: 'classToken' })).toThrow('expected a depth from 1, got 0');
    const model = visionTransformer({ ...common, pooling: 'classToken' });
    expect(() => model.forward(model.init(random), tf.zeros([1, 8, 6, 2]), evaluation)).toThrow(
      "sizes: expected 'b h=4 w=6 c=2', got shape [1,8,6,2]",
    );
  });
});
