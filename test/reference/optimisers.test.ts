/** Every optimiser of the reference, built from its own arguments, over its own gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { makeOptimiser, type OptimiserChoice } from '../../lib/train/optimisers/choice';
import type { Optimiser } from '../../lib/train/optimisers/optimiser';
import { type Entry, entriesOf, errorOf, numbersOf, renamed, tally } from './fixture';

const entries = entriesOf('optim');
const count = tally('optimisers');

const IMPLEMENTATION = ['lr', 'betas', 'foreach', 'fused', 'capturable', 'differentiable', 'max_lr_snapshot', 'corrected_weight_decay'];
const SHARED = { eps: 'epsilon', weight_decay: 'weightDecay', maximize: 'maximise', decoupled_weight_decay: 'decoupled' };
const KINDS: { readonly [cls: string]: { kind: string; rate: number; names: { readonly [theirs: string]: string } } } = {
  SGD: { kind: 'sgd', rate: 1e-3, names: { momentum: 'momentum', dampening: 'dampening', nesterov: 'nesterov' } },
  Adam: { kind: 'adam', rate: 1e-3, names: { amsgrad: 'amsgrad' } },
  AdamW: { kind: 'adamW', rate: 1e-3, names: { amsgrad: 'amsgrad' } },
  NAdam: { kind: 'nadam', rate: 2e-3, names: { momentum_decay: 'momentumDecay' } },
  RMSprop: { kind: 'rmsProp', rate: 1e-2, names: { alpha: 'decay', momentum: 'momentum', centered: 'centred' } },
  Adagrad: { kind: 'adagrad', rate: 1e-2, names: { lr_decay: 'rateDecay', initial_accumulator_value: 'initial' } },
  Lion: { kind: 'lion', rate: 1e-4, names: { caution: 'caution' } },
  Lamb: {
    kind: 'lamb',
    rate: 1e-3,
    names: {
      bias_correction: 'unbias',
      grad_averaging: 'averaging',
      max_grad_norm: 'maxGradNorm',
      trust_clip: 'trustClip',
      always_adapt: 'alwaysAdapt',
      caution: 'caution',
      decoupled_decay: 'decoupled',
    },
  },
};

function built({ name, cls, options }: Entry): { optimiser: Optimiser; rate: number } {
  const found = KINDS[cls.split('.').at(-1)!];
  if (!found) throw new RangeError(`${name}: expected a class among ${Object.keys(KINDS).join(', ')}, got ${cls}`);
  const {
    lr = found.rate,
    betas,
    corrected_weight_decay: corrected,
  } = options as { lr?: number; betas?: number[]; [name: string]: unknown };
  const choice = {
    kind: found.kind,
    ...renamed(name, options, { ...SHARED, ...found.names }, IMPLEMENTATION),
    ...(betas && { beta1: betas[0], beta2: betas[1] }),
    ...(corrected === true && { peakRate: lr }),
  };
  return { optimiser: makeOptimiser(choice as OptimiserChoice), rate: lr };
}

it('finds entries', () => expect(entries.length).toBeGreaterThan(0));

it.each(entries.map((entry) => [entry.name, entry] as const))('%s follows its trajectory', (name, entry) => {
  const stored = numbersOf(entry);
  const named = (prefix: string): string[] =>
    Object.keys(stored).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  const names = named('trajectory.');
  expect(named('grads.').sort()).toEqual([...names].sort());
  const steps = stored[`grads.${names[0]}`]!.shape[0]!;
  const row = (what: string, index: number): { [name: string]: tf.Tensor } =>
    Object.fromEntries(
      names.map((name) => {
        const { shape, values } = stored[`${what}.${name}`]!;
        const size = shape.slice(1).reduce((product, axis) => product * axis, 1);
        return [
          name,
          tf.tensor(Float32Array.from(values as ArrayLike<number>).slice(index * size, (index + 1) * size), [...shape.slice(1)]),
        ];
      }),
    );
  const { optimiser, rate } = built(entry);
  let params = row('trajectory', 0);
  let slots = optimiser.init(params);
  let worst = 0;
  for (let step = 1; step <= steps; step++) {
    const grads = row('grads', step - 1);
    ({ params, slots } = optimiser.update<typeof params>(params, grads, slots, tf.scalar(step, 'int32'), tf.scalar(rate)));
    const theirs = row('trajectory', step);
    for (const leaf of names) {
      expect(params[leaf]!.shape).toEqual(theirs[leaf]!.shape);
      worst = Math.max(worst, errorOf(params[leaf]!.dataSync(), theirs[leaf]!.dataSync()));
    }
  }
  count(name, names.length * steps, worst);
  expect(worst).toBeLessThanOrEqual(entry.tol['output']!);
});
