/** Kernels against the plain form on sizes that several threads share and that no vector divides; and their refusals. */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { expect, it } from 'vitest';
import { backend } from '../../lib/native/backend';
import { fusedKernels } from '../../lib/native/fusedKernels';
import { globalResponseNormalise, groupNormalise, hardSigmoid, hardSwish, rmsNormalise, silu, softmax } from '../../lib/tensor/ops';
import { numbers, wavy } from '../tensor/gradients';
import { inTier, type Tier } from './tiers';

type Shape = readonly number[];
type Case = { shapes: readonly Shape[]; f: (x: tf.Tensor, scale: tf.Tensor1D, shift: tf.Tensor1D) => tf.Tensor; byChannel?: 1 | 2 };
const flat: readonly Shape[] = [[1], [17], [3, 40_001]];
const images: readonly Shape[] = [[1, 1, 1, 6], [3, 7, 5, 12], [7, 33, 31, 18], [4, 40, 40, 96]]; // biome-ignore format: rows
const cases: { [name: string]: Case } = {
  silu: { shapes: flat, f: silu },
  hardSwish: { shapes: flat, f: hardSwish },
  hardSigmoid: { shapes: flat, f: hardSigmoid },
  softmax: { shapes: [[1], [5, 1], [3, 17], [2, 401, 97]], f: (x) => softmax(x) },
  'groupNormalise, 1 group': {
    shapes: [...images, [5, 3, 6]],
    byChannel: 2,
    f: (x, scale, shift) => groupNormalise(x, 1, scale, shift, 1e-3),
  },
  'groupNormalise, 6 groups': {
    shapes: [...images, [5, 3, 6]],
    byChannel: 2,
    f: (x, scale, shift) => groupNormalise(x, 6, scale, shift, 1e-3),
  },
  rmsNormalise: { shapes: [[1, 1], [5], [3, 17], [2, 401, 97]], byChannel: 1, f: (x, scale) => rmsNormalise(x, scale, 1e-3) },
  globalResponseNormalise: {
    shapes: images,
    byChannel: 2,
    f: (x, scale, shift) => globalResponseNormalise(x as tf.Tensor4D, scale, shift, 1e-3),
  },
};

it.each(Object.entries(cases))('%s', (_, { shapes, f, byChannel = 0 }) => {
  for (const shape of shapes) {
    const channels = [1, 2].slice(0, byChannel).map((phase) => wavy<tf.Rank.R1>([shape.at(-1)!], phase));
    const inputs = [tf.mul(wavy([...shape] as never), 3), ...channels];
    const dy = wavy([...shape] as never, 4);
    const of = (...[x, scale, shift]: tf.Tensor[]): tf.Tensor => f(x!, scale as tf.Tensor1D, shift as tf.Tensor1D);
    const results = (tier: Tier): number[][] => inTier(tier, () => [of(...inputs), ...tf.grads(of)(inputs, dy)].map(numbers));
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
  if (backend().name !== 'native' || !fusedKernels()) return; // wasm, and a machine without a compiler, have none
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
