/** What every mechanism promises, tested over the maps of mechanisms: a new one is tested by being listed. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as attentions from '../../lib/attention/all';
import type { Attention, Pooling } from '../../lib/attention/attention';
import * as poolings from '../../lib/attention/pooling/all';
import { backend } from '../../lib/native/backend';
import { type Axes, evaluation, learned, training, type Weights } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { entries, leaves, type Tree } from '../../lib/tensor/tree';
import { gradientError, numbers, wavy } from '../tensor/gradients';

const DIM = 6;
const random = initRandom(4); // one that leaves no relu within a step of its kink, where finite differences mean nothing
const step = { seed: 7, step: 1 };
const key = () => ({ seed: tf.scalar(step.seed, 'int32'), step: tf.scalar(step.step, 'int32') });
type Any = Attention<Tree> | Pooling<Tree>; // P stands in forward too, so there is no common supertype but by erasing it

const all: [string, (dim: number) => Any][] = [
  ...Object.entries(attentions).map(([kind, make]): [string, (dim: number) => Any] => [kind, (dim) => make({ dim }) as unknown as Any]),
  ...Object.entries(poolings).map(([kind, make]): [string, (dim: number) => Any] => [kind, (dim) => make({ dim }) as unknown as Any]),
];

/** One map, or each of a record of maps, with what the mechanism says of it. */
function mapsOf({ axes, over }: Any, weights: Weights): { axes: string; over: string | undefined; map: tf.Tensor }[] {
  if (weights === undefined) return [];
  if (weights instanceof tf.Tensor) return [{ axes: axes as string, over: over as string | undefined, map: weights }];
  const of = (said: Axes | undefined, name: string): string | undefined => (typeof said === 'object' ? said[name] : undefined);
  expect(Object.keys(weights)).toEqual(Object.keys(axes as object));
  return Object.entries(weights).map(([name, map]) => ({ axes: of(axes, name)!, over: of(over, name), map }));
}

describe.each(all)('%s', (kind, make) => {
  const images = (): tf.Tensor4D => wavy<tf.Rank.R4>([2, 3, 5, DIM]);
  const run = (x: tf.Tensor4D, mode = evaluation) => {
    const mechanism = make(DIM);
    return { mechanism, ...mechanism.forward(mechanism.init(random), x, mode) };
  };

  it('keeps batch and channels, and the grid if it is an attention', () => {
    const { output } = run(images());
    expect(output.shape).toEqual(kind in attentions ? [2, 3, 5, DIM] : [2, DIM]);
  });

  it('hands back maps whose axes it names, the same in training where they are wanted', () => {
    const { mechanism, weights } = run(images());
    if (weights === undefined) return expect(mechanism.axes).toBe('');
    const all = mapsOf(mechanism, weights);
    for (const { axes, map } of all) expect(map.rank).toBe(axes.split(' ').length);
    if (entries(mechanism.init(random)).some(([path]) => path.includes('running'))) return; // training looks at the batch
    const wanting = { ...training(key()), wants: () => true };
    mapsOf(mechanism, run(images(), wanting).weights).forEach(({ map }, i) => expect(numbers(map)).toEqual(numbers(all[i]!.map)));
  });

  it('has weights from 0 to 1, which sum to 1 over the axes that it says', () => {
    const { mechanism, weights } = run(images());
    for (const { axes, over, map } of mapsOf(mechanism, weights)) {
      expect(numbers(map).every((value) => value >= 0 && value <= 1)).toBe(true);
      if (over === undefined) continue;
      const along = over.split(' ').map((axis) => axes.split(' ').indexOf(axis));
      for (const sum of numbers(tf.sum(map, along))) expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('treats each image by itself: a row of a batch is the image alone', () => {
    const x = images();
    const { output } = run(x);
    const alone = run(tf.slice(x, [1, 0, 0, 0], [1, 3, 5, DIM])).output;
    const row = numbers(output).slice(output.size / 2);
    numbers(alone).forEach((value, i) => expect(value).toBeCloseTo(row[i]!, 5));
  });

  it('has the gradient of finite differences for every parameter and for its input, within 1e-3 at step 1e-2 (2e-3 on wasm)', () => {
    const tolerance = backend().name === 'wasm' ? 2e-3 : 1e-3; // wasm's sigmoid and sums are coarser
    const mechanism = make(DIM);
    const params = mechanism.init(random);
    const x = tf.mul(wavy<tf.Rank.R4>([2, 2, 3, DIM]), 0.5) as tf.Tensor4D;
    const errors = gradientError({ params, x }, ({ params, x }) => mechanism.forward(params, x, evaluation).output);
    expect(Object.keys(errors)).toEqual([...entries(learned(params) as Tree).map(([path]) => `params.${path}`), 'x']);
    for (const [path, error] of Object.entries(errors)) expect(error, path).toBeLessThan(tolerance);
  });

  it('gives finite numbers and gradients for images 10,000 times as bright', () => {
    const { output } = run(tf.mul(images(), 1e4) as tf.Tensor4D);
    expect(numbers(output).every(Number.isFinite)).toBe(true);
  });

  it('refuses images of another depth with the expected and the found shape', () => {
    if (kind === 'none' || kind === 'meanPooling') return; // they do not look at the depth
    expect(() => run(tf.zeros([2, 3, 5, DIM + 1]))).toThrow(`sizes: expected 'b h w c=${DIM}', got shape [2,3,5,${DIM + 1}]`);
  });

  it('starts from finite weights that its seed decides', () => {
    const values = (seed: number): number[] => leaves(make(DIM).init(initRandom(seed))).flatMap(numbers);
    expect(values(1)).toEqual(values(1));
    expect(values(1).every(Number.isFinite)).toBe(true);
    if (values(1).some((value) => value !== 0)) expect(values(1)).not.toEqual(values(2));
  });
});
