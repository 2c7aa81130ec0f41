import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { fusedKernels } from '../../lib/native/fusedKernels';
import { addRelu, batchNormalise } from '../../lib/tensor/ops';
import { numbers, wavy } from '../tensor/gradients';
import { inTier, tiers } from './tiers';

const EPSILON = 1e-3;
type Case = { relu: boolean; residual: boolean };
type Results = { [name: string]: readonly number[] };

/** The formulas of batch norm and its gradient in float64. */
function oracle(shape: readonly number[], inputs: Results, { relu, residual }: Case): Results {
  const { x, scale, shift, added, dy } = inputs as { [name: string]: number[] };
  const channels = shape.at(-1)!;
  const rows = x!.length / channels;
  const byChannel = (term: (i: number) => number): number[] =>
    Array.from({ length: channels }, (_, c) => Array.from({ length: rows }, (_, r) => term(r * channels + c)).reduce((a, b) => a + b, 0));
  const mean = byChannel((i) => x![i]! / rows);
  const biased = byChannel((i) => (x![i]! - mean[i % channels]!) ** 2 / rows);
  const normalised = x!.map((value, i) => (value - mean[i % channels]!) / Math.sqrt(biased[i % channels]! + EPSILON));
  const sum = normalised.map((value, i) => value * scale![i % channels]! + shift![i % channels]! + (residual ? added![i]! : 0));
  const d = dy!.map((value, i) => (relu && sum[i]! <= 0 ? 0 : value));
  const [dshift, dscale] = [byChannel((i) => d[i]!), byChannel((i) => d[i]! * normalised[i]!)];
  const dx = d.map((value, i) => {
    const c = i % channels;
    return (scale![c]! / Math.sqrt(biased[c]! + EPSILON)) * (value - dshift[c]! / rows - (normalised[i]! * dscale[c]!) / rows);
  });
  const variance = biased.map((value) => (value * rows) / Math.max(1, rows - 1));
  return { y: sum.map((value) => (relu ? Math.max(0, value) : value)), mean, variance, dx, dscale, dshift, ...(residual && { dadded: d }) };
}

function measured(shape: [number, number, number, number], { relu, residual }: Case): { inputs: Results; found: Results } {
  const [x, scale, shift, added, dy] = [shape, [shape[3]], [shape[3]], shape, shape].map((size, i) => wavy(size as never, i));
  const given = [x!, scale!, shift!, ...(residual ? [added!] : [])];
  const norm = (...all: tf.Tensor[]) =>
    batchNormalise(all[0] as tf.Tensor4D, all[1] as tf.Tensor1D, all[2] as tf.Tensor1D, EPSILON, { relu, residual: all[3] as tf.Tensor4D });
  const { y, mean, variance } = norm(...given);
  const [dx, dscale, dshift, dadded] = tf.grads((...all: tf.Tensor[]) => norm(...all).y)(given, dy!);
  const all = { y, mean, variance, dx: dx!, dscale: dscale!, dshift: dshift!, ...(residual && { dadded: dadded! }) };
  const read = (tensors: { [name: string]: tf.Tensor }): Results =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, numbers(tensor)]));
  return { inputs: read({ x: x!, scale: scale!, shift: shift!, added: added!, dy: dy! }), found: read(all) };
}

function expectClose(found: Results, wanted: Results, tolerance: number): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, values] of Object.entries(wanted)) {
    const size = Math.max(1, ...values.map(Math.abs));
    const worst = Math.max(0, ...values.map((value, i) => Math.abs(value - found[name]![i]!)));
    expect(worst / size, name).toBeLessThan(tolerance);
  }
}

describe.each(tiers)('batch norm as $tier', ({ tier }) => {
  const shapes: [number, number, number, number][] = [1, 3, 5, 16, 17, 48, 100].map((channels) => [3, 7, 5, channels]);
  it.each([...shapes, [1, 1, 2, 3], [4, 32, 33, 7]] as typeof shapes)('of %i x %i x %i x %i equals the formulas in float64', (...shape) => {
    for (const relu of [false, true]) {
      for (const residual of [false, true]) {
        const { inputs, found } = inTier(tier, () => measured(shape, { relu, residual }));
        expectClose(found, oracle(shape, inputs, { relu, residual }), 2e-5);
      }
    }
  });

  it('keeps its digits when the mean is a thousand deviations', () => {
    const x = tf.add(wavy<tf.Rank.R4>([8, 8, 8, 3]), 1000) as tf.Tensor4D;
    const one = inTier(tier, () => batchNormalise(x, tf.ones([3]), tf.zeros([3]), 0));
    const near = inTier('plain', () => batchNormalise(tf.sub(x, 1000) as tf.Tensor4D, tf.ones([3]), tf.zeros([3]), 0));
    expect(numbers(tf.max(tf.abs(tf.sub(one.y, near.y))))[0]).toBeLessThan(1e-3);
  });

  it('lets NaN through, to its channel alone', () => {
    const x = tf.tensor4d([1, Number.NaN, 2, 4, 3, 5], [3, 1, 1, 2]);
    const { y, mean } = inTier(tier, () => batchNormalise(x, tf.ones([2]), tf.zeros([2]), 0, { relu: true }));
    expect(numbers(mean).map(Number.isNaN)).toEqual([false, true]);
    expect(numbers(y).map(Number.isNaN)).toEqual([false, true, false, true, false, true]);
  });

  it('and addRelu pass gradients where the sum is positive', () => {
    const [x, residual] = [tf.tensor1d([1, -3, 2]), tf.tensor1d([1, 2, -5])];
    const { value, grads } = inTier(tier, () =>
      tf.valueAndGrads((x: tf.Tensor, residual: tf.Tensor) => addRelu(x, residual))([x, residual], tf.tensor1d([10, 20, 30])),
    );
    expect([value, ...grads].map(numbers)).toEqual([[2, 0, 0], [10, 0, 0], [10, 0, 0]]); // biome-ignore format: rows
  });
});

it('the kernel names itself, its input and both shapes when they do not fit, and refuses a batch of nothing', ({ skip }) => {
  if (!fusedKernels()) skip('the kernels are not loaded');
  const norm = (x: tf.Tensor4D, scale: tf.Tensor1D) => inTier('kernel', () => batchNormalise(x, scale, scale, 0));
  expect(() => norm(tf.zeros([1, 2, 2, 3]), tf.zeros([2]))).toThrow('FoveaBatchNorm: expected scale of shape [3], got [2]');
  expect(() => norm(tf.zeros([0, 2, 2, 3]), tf.zeros([3]))).toThrow(
    'FoveaBatchNorm: expected at least one row to take the mean of, got none',
  );
});

it('a residual of another shape is refused', () => {
  const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 3]);
  const other = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
  const expected = 'expected a residual of shape [1,2,2,3], got [1,2,2,1]';
  expect(() => batchNormalise(x, tf.ones([3]), tf.zeros([3]), 0, { residual: other })).toThrow(`batchNormalise: ${expected}`);
  expect(() => addRelu(x, other)).toThrow(`addRelu: ${expected}`);
});
