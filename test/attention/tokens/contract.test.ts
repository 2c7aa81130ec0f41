/** What every mechanism for tokens promises, tested over the map of them: a new one is tested by being listed. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { TokenAttention, Tokens } from '../../../lib/attention/attention';
import * as tokenAttentions from '../../../lib/attention/tokens/all';
import { evaluation, learned, type Mode, training } from '../../../lib/tensor/module';
import { initRandom } from '../../../lib/tensor/random';
import { entries, leaves, type Tree } from '../../../lib/tensor/tree';
import { gradientError, numbers, wavy } from '../../tensor/gradients';

const DIM = 6;
const random = initRandom(4);
const trainingMode = (): Mode => training({ seed: tf.scalar(7, 'int32'), step: tf.scalar(1, 'int32') });
const all = Object.entries(tokenAttentions).map(([kind, make]): [string, () => TokenAttention<Tree>] => [
  kind,
  () => make({ dim: DIM }) as unknown as TokenAttention<Tree>,
]);

describe.each(all)('%s', (_, make) => {
  const tokens = (): tf.Tensor3D => wavy<tf.Rank.R3>([2, 5, DIM]);
  const run = (given: Tokens, mode = evaluation) => {
    const mechanism = make();
    return { mechanism, ...mechanism.forward(mechanism.init(random), given, mode) };
  };

  it('keeps batch, number and depth of the queries', () => {
    expect(run({ query: tokens() }).output.shape).toEqual([2, 5, DIM]);
    expect(run({ query: tokens(), key: wavy<tf.Rank.R3>([2, 7, DIM]) }).output.shape).toEqual([2, 5, DIM]);
  });

  it('hands back the map that it names where it is wanted, from 0 to 1, summing to 1 over the axes that it says', () => {
    const { mechanism, weights } = run({ query: tokens() });
    const [axes, over, map] = [mechanism.axes as string, mechanism.over as string | undefined, weights as tf.Tensor];
    expect(map.rank).toBe(axes.split(' ').length);
    expect(numbers(map).every((value) => value >= 0 && value <= 1)).toBe(true);
    const along = (over?.split(' ') ?? []).map((axis) => axes.split(' ').indexOf(axis));
    if (over !== undefined) for (const sum of numbers(tf.sum(map, along))) expect(sum).toBeCloseTo(1, 5);
    const again = run({ query: tokens() }, { ...trainingMode(), wants: () => true }).weights as tf.Tensor;
    expect(numbers(again)).toEqual(numbers(map));
    expect(run({ query: tokens() }, trainingMode()).weights).toBeUndefined();
  });

  it('treats each image by itself: a row of a batch is the image alone', () => {
    const { output } = run({ query: tokens() });
    const alone = numbers(run({ query: tf.slice(tokens(), [1, 0, 0], [1, 5, DIM]) }).output);
    const row = numbers(output).slice(output.size / 2);
    alone.forEach((value, i) => expect(value).toBeCloseTo(row[i]!, 5));
  });

  it('has the gradient of finite differences for every parameter and for its tokens', () => {
    const mechanism = make();
    const params = mechanism.init(random);
    const given = { query: tf.mul(tokens(), 0.5) as tf.Tensor3D, key: wavy<tf.Rank.R3>([2, 3, DIM], 0.8) };
    const errors = gradientError({ params, given }, ({ params, given }) => mechanism.forward(params, given, evaluation).output);
    const paths = entries(learned(params) as Tree).map(([path]) => `params.${path}`);
    expect(Object.keys(errors)).toEqual([...paths, 'given.query', 'given.key']);
    for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(2e-3);
  });

  it('gives finite numbers for tokens 10,000 times as large', () => {
    expect(numbers(run({ query: tf.mul(tokens(), 1e4) as tf.Tensor3D }).output).every(Number.isFinite)).toBe(true);
  });

  it('starts from finite weights that its seed decides', () => {
    const values = (seed: number): number[] => leaves(make().init(initRandom(seed))).flatMap(numbers);
    expect(values(1)).toEqual(values(1));
    expect(values(1).every(Number.isFinite)).toBe(true);
    expect(values(1)).not.toEqual(values(2));
  });
});
