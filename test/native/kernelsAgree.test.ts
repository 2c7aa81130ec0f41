/** Kernels against the plain form on sizes that several threads share and that no vector divides; and their refusals. */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { expect, it } from 'vitest';
import { fusedKernels } from '../../lib/native/fusedKernels';
import { groupNormalise, hardSigmoid, hardSwish, silu, softmax } from '../../lib/tensor/ops';
import { numbers, wavy } from '../tensor/gradients';
import { inTier, type Tier } from './tiers';

type Shape = readonly number[];
const cases: { [name: string]: { shapes: readonly Shape[]; f: (x: tf.Tensor, ...others: tf.Tensor[]) => tf.Tensor; groups?: number } } = {
  silu: { shapes: [[1], [17], [3, 40_001]], f: silu },
  hardSwish: { shapes: [[1], [17], [3, 40_001]], f: hardSwish },
  hardSigmoid: { shapes: [[1], [17], [3, 40_001]], f: hardSigmoid },
  softmax: { shapes: [[1], [5, 1], [3, 17], [2, 401, 97]], f: (x) => softmax(x) },
  ...Object.fromEntries(
    [1, 2, 6].map((groups) => [
      `groupNormalise, ${groups} groups`,
      {
        shapes: [
          [1, 1, 6],
          [5, 3, 6],
          [3, 7, 5, 12],
          [7, 33, 31, 18],
          [4, 40, 40, 96],
        ],
        f: (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) =>
          groupNormalise(x, groups, scale as tf.Tensor1D, shift as tf.Tensor1D, 1e-3),
        groups,
      },
    ]),
  ),
};

it.each(Object.entries(cases))('%s', (_, { shapes, f, groups }) => {
  for (const shape of shapes) {
    const channels = [shape.at(-1)!];
    const inputs = [tf.mul(wavy([...shape] as never), 3), ...(groups ? [wavy(channels as never, 1), wavy(channels as never, 2)] : [])];
    const dy = wavy([...shape] as never, 4);
    const results = (tier: Tier): number[][] =>
      inTier(tier, () =>
        [f(inputs[0]!, ...inputs.slice(1)), ...tf.grads((...all: tf.Tensor[]) => f(all[0]!, ...all.slice(1)))(inputs, dy)].map(numbers),
      );
    const plain = results('plain');
    results('kernel').forEach((values, index) => {
      const right = plain[index]!;
      const size = right.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i]!)), 0);
      expect(worst / size, `[${shape}], result ${index}`).toBeLessThan(2e-5);
    });
  }
});

it('refuse what does not fit by name', () => {
  if (!fusedKernels()) return; // a machine without a compiler has none
  const run = (op: string, attributes: object[], inputs: tf.Tensor[], outputs: number): tf.Tensor[] =>
    (tf.backend() as NodeJSKernelBackend).executeMultipleOutputs(op, attributes as never, inputs, outputs);
  const [image, numbersOf4] = [tf.zeros([2, 3, 4]), tf.zeros([4])];
  const groups = (value: number): object[] => [
    { name: 'groups', type: (tf.backend() as NodeJSKernelBackend).binding.TF_ATTR_INT, value },
    { name: 'epsilon', type: (tf.backend() as NodeJSKernelBackend).binding.TF_ATTR_FLOAT, value: 0 },
  ];
  expect(() => run('FoveaGroupNorm', groups(3), [image, numbersOf4, numbersOf4], 3)).toThrow('groups that divide the channels');
  expect(() => run('FoveaGroupNorm', groups(2), [tf.zeros([0, 3, 4]), numbersOf4, numbersOf4], 3)).toThrow('at least one position');
  expect(() => run('FoveaSiluGrad', [], [image, tf.zeros([2, 3])], 1)).toThrow('x of shape [2, 3, 4]');
});
