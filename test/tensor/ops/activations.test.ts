/** Every activation against its formula in float64, value and gradient, in every tier. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { elu, gelu, hardSigmoid, hardSwish, leakyRelu, relu, relu6, sigmoid, silu, softplus, tanh } from '../../../lib/tensor/ops';
import { inTier, tiers } from '../../native/tiers';
import { gradientError, numbers, wavy } from '../gradients';

type Activation = (x: tf.Tensor) => tf.Tensor;
type Formula = (x: number) => number;
const logistic: Formula = (x) => 1 / (1 + Math.exp(-x));
const clip6: Formula = (x) => Math.min(Math.max(x, 0), 6);

const cases: { [name: string]: [ours: Activation, value: Formula, slope: Formula] } = {
  relu: [relu, (x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  relu6: [relu6, clip6, (x) => (x > 0 && x < 6 ? 1 : 0)],
  'leakyRelu 0.2': [(x) => leakyRelu(x, 0.2), (x) => (x > 0 ? x : 0.2 * x), (x) => (x > 0 ? 1 : 0.2)],
  elu: [elu, (x) => (x > 0 ? x : Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x))],
  'elu 0.3': [(x) => elu(x, 0.3), (x) => (x > 0 ? x : 0.3 * Math.expm1(x)), (x) => (x > 0 ? 1 : 0.3 * Math.exp(x))],
  sigmoid: [sigmoid, logistic, (x) => logistic(x) * logistic(-x)],
  tanh: [tanh, Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
  softplus: [softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), logistic],
  'softplus, beta 3, threshold 2': [
    (x) => softplus(x, { beta: 3, threshold: 2 }),
    (x) => (3 * x > 2 ? x : Math.log1p(Math.exp(3 * x)) / 3),
    (x) => (3 * x > 2 ? 1 : logistic(3 * x)),
  ],
  silu: [silu, (x) => x * logistic(x), (x) => logistic(x) + x * logistic(x) * logistic(-x)],
  hardSigmoid: [hardSigmoid, (x) => clip6(x + 3) / 6, (x) => (x > -3 && x < 3 ? 1 / 6 : 0)],
  hardSwish: [hardSwish, (x) => (x * clip6(x + 3)) / 6, (x) => (x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1)],
  'gelu tanh': [
    (x) => gelu(x, 'tanh'),
    (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    (x) => {
      const share = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
      const bend = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
      return (1 + share) / 2 + (Math.abs(x) > 100 ? 0 : (x / 2) * (1 - share ** 2) * bend);
    },
  ],
};
// the ends of pieces, small, ordinary and very large numbers
const points = [-1e4, -100, -20.5, -6, -3, -1.5, -1e-4, 0, 1e-4, 0.5, 0.7, 3, 6, 20.5, 100, 1e4];

describe.each(tiers)('as $tier', ({ tier }) => {
  const run: <T>(body: () => T) => T = (body) => inTier(tier, body);

  it.each(Object.entries(cases))('%s has the value and the slope of its formula', (_, [ours, value, slope]) => {
    const { value: y, grad } = run(() => tf.valueAndGrad(ours)(tf.tensor1d(points), tf.tensor1d(points.map((_, i) => i + 1))));
    numbers(y).forEach((got, i) => {
      const wanted = value(points[i]!);
      expect(Math.abs(got - wanted), `at ${points[i]}`).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(wanted)));
    });
    numbers(grad).forEach((got, i) => {
      expect(Math.abs(got / (i + 1) - slope(points[i]!)), `slope at ${points[i]}`).toBeLessThanOrEqual(2e-6);
    });
  });

  it.each(Object.entries(cases))('%s lets NaN through', (_, [ours]) => {
    expect(numbers(run(() => ours(tf.tensor1d([Number.NaN, 1]))))[0]).toBeNaN();
  });
});

it('gelu: x times the share of the normal distribution below it, worked by tables', () => {
  const wanted = [-0.158655, 0, 0.345731, 0.841345, 1.9545]; // at -1, 0, 0.5, 1, 2
  numbers(gelu(tf.tensor1d([-1, 0, 0.5, 1, 2]))).forEach((got, i) => expect(got).toBeCloseTo(wanted[i]!, 5));
  for (const [path, error] of Object.entries(gradientError({ x: wavy([3, 5]) }, ({ x }) => gelu(x))))
    expect(error, path).toBeLessThan(1e-3);
});
