/**
 * A module or model of ours run with PyTorch's weights. Tensors stay in PyTorch's names and layouts outside of the run and are
 * turned inside it, by operations that have gradients: so gradients come back in PyTorch's names and layouts too.
 */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { lossAndGradients } from '../../lib/tensor/grad';
import { evaluation, type Mode, training } from '../../lib/tensor/module';
import { entries, map, type Tree } from '../../lib/tensor/tree';
import { type Entry, errorOf } from './fixture';
import type { Run, Tensors, When } from './layers/builder';

/** Our path of parameters to PyTorch's name, by replacing what matches, in order; then leaves by the rule that all layers share. */
export type Names = readonly (readonly [ours: RegExp, theirs: string])[];

const LEAVES: Names = [
  [/^(.*)\.running\.mean$/, 'buffer.$1.running_mean'],
  [/^(.*)\.running\.variance$/, 'buffer.$1.running_var'],
  [/\.scale$/, '.weight'],
  [/\.shift$/, '.bias'],
];
const keyOf = (path: string, names: Names): string => {
  const key = [...names, ...LEAVES].reduce((name, [ours, theirs]) => name.replace(ours, theirs), path);
  return key.startsWith('buffer.') ? key : `param.${key}`;
};

/** Weights (out, in, height, width) and (out, in) to (height, width, in, out) and (in, out), in as many axes as ours has. */
function turned(theirs: tf.Tensor, like: tf.Tensor): tf.Tensor {
  const order = { 4: [2, 3, 1, 0], 2: [1, 0] }[theirs.rank];
  expect(theirs.size).toBe(like.size);
  return tf.reshape(order ? tf.transpose(theirs, order) : theirs, like.shape);
}

/** Our tree with PyTorch's numbers; `all` false where only a part of the file is meant. */
export function filled<P extends Tree>(params: P, at: Tensors, names: Names, change: Change = (_, leaf) => leaf): P {
  const used = new Set<string>();
  const tree = map(params, (leaf, path) => {
    const key = keyOf(path, names);
    const found = at[key];
    if (!found) throw new Error(`expected ${key} for ${path}, got ${Object.keys(at).join(', ')}`);
    used.add(key);
    return change(key, turned(found, leaf));
  });
  const owed = Object.keys(at).filter((key) => /^(param|buffer)\./.test(key) && !key.endsWith('num_batches_tracked'));
  expect(owed.filter((key) => !used.has(key))).toEqual([]);
  return tree;
}
/** What else must be done to a leaf, by PyTorch's key. */
export type Change = (key: string, leaf: tf.Tensor) => tf.Tensor;

/** The buffers of a tree by PyTorch's names, as they stand in the file after a training call. */
export const buffersOf = (params: Tree, names: Names): Tensors =>
  Object.fromEntries(
    entries(params)
      .map(([path, leaf]) => [keyOf(path, names), leaf] as const)
      .filter(([key]) => key.startsWith('buffer.'))
      .map(([key, leaf]) => [key.slice('buffer.'.length), leaf]),
  );

/** Evaluation or training, in which every map is kept. */
export const modeOf = (when: When): Mode =>
  when === 'eval' ? evaluation : { ...training({ seed: tf.scalar(0, 'int32'), step: tf.scalar(1, 'int32') }), wants: () => true };

/** All that the file holds of a mode is computed and compared; returns how many tensors, and the worst error. */
export function compare(entry: Entry, run: Run, stored: Tensors): { compared: number; worst: number } {
  let [compared, worst] = [0, 0];
  for (const when of entry.modes) {
    const ours = results(run, stored, when);
    for (const key of Object.keys(stored).filter((key) => key.startsWith(`${when}.`) && !key.endsWith('num_batches_tracked'))) {
      expect(ours[key], `${entry.name}: expected ${key}, got ${Object.keys(ours).join(', ')}`).toBeDefined();
      expect(ours[key]!.shape, key).toEqual(stored[key]!.shape);
      const error = errorOf(ours[key]!.dataSync(), stored[key]!.dataSync());
      const kind = key.includes('.grad.') ? 'grad' : key.includes('.map.') ? 'map' : 'output';
      expect(error, `${entry.name}, ${key}`).toBeLessThanOrEqual(entry.tol[kind]!);
      worst = Math.max(worst, error);
      compared += 1;
    }
  }
  return { compared, worst };
}

function results(run: Run, stored: Tensors, when: When): Tensors {
  const wanted = Object.keys(stored).flatMap((key) => (key.startsWith(`${when}.grad.`) ? [key.slice(`${when}.grad.`.length)] : []));
  const leaves = Object.fromEntries(wanted.map((key) => [key, stored[key]!]));
  const { aux, grads } = lossAndGradients(leaves, (leaves) => {
    const { output, maps = {}, after = {} } = run({ ...stored, ...leaves }, when);
    expect(output.shape).toEqual(stored['dy']!.shape);
    return { loss: tf.sum(tf.mul(output, stored['dy']!)) as tf.Scalar, aux: { output, maps, after } };
  });
  const under = (prefix: string, tensors: Tensors): Tensors =>
    Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [`${when}.${prefix}.${key}`, tensor]));
  return {
    [`${when}.output`]: aux.output,
    ...under('map', aux.maps),
    ...under('grad', grads as Tensors),
    ...(when === 'train' && under('buffer_after', aux.after)),
  };
}
