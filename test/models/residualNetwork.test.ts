import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { squeezeExcite } from '../../lib/attention/squeezeExcite';
import { residualNetwork } from '../../lib/models/residualNetwork';
import { lossAndGradients } from '../../lib/tensor/grad';
import { countParameters, evaluation, learned, training, updating } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { entries, leaves } from '../../lib/tensor/tree';
import { numbers, wavy } from '../tensor/gradients';

const random = initRandom(3);
const common = { channels: 2, classes: 3, widths: [4, 6] } as const;
const net = () => residualNetwork({ ...common, attention: { kind: 'squeezeExcite', reduction: 2 }, pooling: { kind: 'attentionPooling' } });
const images = (): tf.Tensor4D => wavy<tf.Rank.R4>([3, 8, 8, 2]);
const key = () => ({ seed: tf.scalar(1, 'int32'), step: tf.scalar(1, 'int32') });

describe('residualNetwork', () => {
  it('gives logits of every image, and every map under its path', () => {
    const model = net();
    const { logits, trace } = model.forward(model.init(random), images(), evaluation);
    expect(logits.shape).toEqual([3, 3]);
    expect(Object.keys(trace)).toEqual(['stages.0.0.attention', 'stages.1.0.attention', 'features', 'pooling']);
    expect(trace['stages.1.0.attention']!.axes).toBe('b channel');
    expect((trace['pooling']!.weights as tf.Tensor).shape).toEqual([3, 4, 4]);
    expect((trace['features']!.weights as tf.Tensor).shape).toEqual([3, 4, 4, 6]);
  });

  it('keeps only the maps that are asked for, and none in training', () => {
    const model = net();
    const params = model.init(random);
    const some = model.forward(params, images(), { ...evaluation, wants: (path) => path === 'pooling' });
    expect(Object.keys(some.trace)).toEqual(['pooling']);
    expect(Object.keys(model.forward(params, images(), training(key())).trace)).toEqual([]);
  });

  it('names each map and mask as its parameters are named', () => {
    const model = net();
    const seen: string[] = [];
    const params = model.init(random);
    model.forward(params, images(), { ...evaluation, watch: (path) => seen.push(path) });
    const branches = entries(params).map(([path]) => path.replace(/\.(weight|bias|scale|shift|running.*)$/, ''));
    expect([...new Set(branches)].filter((branch) => !seen.includes(branch))).toEqual([]);
  });

  it('updates running statistics in training alone, and they have no gradient', () => {
    const model = net();
    const params = model.init(random);
    const { aux, grads } = lossAndGradients(params, (params) => {
      const pass = updating(params, training(key()), (mode) => model.forward(params, images(), mode).logits);
      return { loss: tf.mean(tf.square(pass.result)) as tf.Scalar, aux: pass.params };
    });
    const mean = (tree: typeof params): number[] => numbers(tree.stages[0]![0]!.norm1.running.mean);
    expect(mean(aux)).not.toEqual(mean(params));
    expect(numbers(aux.stem.conv.weight)).toEqual(numbers(params.stem.conv.weight));
    expect(entries(grads as never).some(([path]) => path.includes('running'))).toBe(false);
    const still = updating(params, evaluation, (mode) => model.forward(params, images(), mode).logits);
    expect(still.params.stages[0]![0]!.norm1.running.mean).toBe(params.stages[0]![0]!.norm1.running.mean);
  });

  it('leaves every other initial weight as it is when a slot is filled otherwise', () => {
    const plain = residualNetwork({ ...common, attention: { kind: 'none' }, pooling: { kind: 'meanPooling' } }).init(random);
    const gated = net().init(random);
    expect(numbers(plain.head.weight)).toEqual(numbers(gated.head.weight));
    expect(numbers(plain.stages[1]![0]!.conv2.weight)).toEqual(numbers(gated.stages[1]![0]!.conv2.weight));
  });

  it('counts its parameters: stem, blocks and head by hand', () => {
    const params = residualNetwork({ ...common, attention: { kind: 'none' }, pooling: { kind: 'meanPooling' } }).init(random);
    const stem = 9 * 2 * 4 + 2 * 4;
    const first = 2 * (9 * 4 * 4 + 2 * 4);
    const second = 9 * 4 * 6 + 2 * 6 + (9 * 6 * 6 + 2 * 6) + (4 * 6 + 2 * 6);
    expect(countParameters(params)).toBe(stem + first + second + 6 * 3 + 3);
    expect(leaves(params).length - leaves(learned(params) as never).length).toBe(2 * 6); // six batch norms
  });

  it('takes a mechanism of one’s own as a function of the width', () => {
    const own = residualNetwork({ ...common, attention: (dim) => squeezeExcite({ dim, reduction: 1 }), pooling: { kind: 'meanPooling' } });
    const { squeeze } = own.init(random).stages[1]![0]!.attention;
    expect(squeeze.weight.shape).toEqual([6, 6]);
  });

  it('checks options when written, and kinds that come as data when run', () => {
    const later = () => {
      // @ts-expect-error: a misspelt option
      residualNetwork({ ...common, attention: { kind: 'squeezeExcite', reducton: 4 }, pooling: { kind: 'meanPooling' } });
      // @ts-expect-error: an option of another kind
      residualNetwork({ ...common, attention: { kind: 'squeezeExcite', heads: 4 }, pooling: { kind: 'meanPooling' } });
      // @ts-expect-error: a pooling is no attention
      residualNetwork({ ...common, attention: { kind: 'meanPooling' }, pooling: { kind: 'meanPooling' } });
    };
    expect(later).toThrow('attention: expected one of cbam, neighbourImportance, none, selfAttention, squeezeExcite, got meanPooling');
    expect(() => residualNetwork({ ...common, widths: [], attention: { kind: 'none' }, pooling: { kind: 'meanPooling' } })).toThrow(
      'residualNetwork: widths must name at least one stage, got []',
    );
  });
});
