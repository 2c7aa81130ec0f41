/** Every optimiser of the reference, built from its own arguments, over its own gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { entriesOf, errorOf, numbersOf, tally } from './fixture';
import { optimiserOf } from './optimiser';

const entries = entriesOf('optim');
const count = tally('optimisers');

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
  const { optimiser, rate } = optimiserOf(name, entry.cls, entry.options);
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
