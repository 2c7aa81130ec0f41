/**
 * Every model of the folder named by FOVEA_REFERENCE (default: the copy beside the tests), built from the entry's own options:
 * outputs, maps, all gradients and the buffers after a training call; and those that were trained: losses, gradient norms, and
 * all weights and buffers after the last step.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lossAndGradients } from '../../lib/tensor/grad';
import { countParameters, learned, training, updating, withLearned } from '../../lib/tensor/module';
import { initRandom } from '../../lib/tensor/random';
import { leaves, entries as leavesOf, type Tree } from '../../lib/tensor/tree';
import { softmaxCrossEntropy } from '../../lib/train/losses/softmaxCrossEntropy';
import { type Entry, entriesOf, errorOf, nhwc, reference, tally, tensorsOf } from './fixture';
import type { Run, Tensors } from './layers/builder';
import { type Built, buildModel } from './models/build';
import { optimiserOf } from './optimiser';
import { buffersOf, compare, filled, modeOf } from './parity';

const all = entriesOf('models');
const named = (some: readonly Entry[]) => some.map((entry) => [entry.name, entry] as const);
const isTrained = ({ options }: Entry): boolean => options['steps'] !== undefined;
const count = tally('models');

const structureOf = ({ model }: Built): Tree => model.init(initRandom(0));

/** The model as a function of PyTorch's tensors. */
function runOf(built: Built): Run {
  const { model, names, change, mapsOf } = built;
  const structure = structureOf(built);
  return (at, when) => {
    const params = filled(structure, at, names, change);
    const { result, params: after } = updating(params, modeOf(when), (mode) => model.forward(params, nhwc(at['input']!), mode));
    return { output: result.logits, maps: mapsOf(result.trace), after: buffersOf(after, names) };
  };
}

describe(`the models of ${reference} agree with PyTorch and timm`, () => {
  it('finds entries', () => expect(all.length).toBeGreaterThan(0));

  it.each(named(all))('%s has as many parameters', (_, entry) => {
    expect(countParameters(structureOf(buildModel(entry)))).toBe(entry.params);
  });

  it.each(named(all.filter((entry) => !isTrained(entry))))('%s: outputs, maps, gradients, buffers', (name, entry) => {
    const { compared, worst } = compare(entry, runOf(buildModel(entry)), tensorsOf(entry));
    count(name, compared, worst);
  });

  it.each(named(all.filter(isTrained)))('%s follows the training of PyTorch', (name, entry) => {
    const stored = tensorsOf(entry);
    const built = buildModel(entry);
    const { model, names, change } = built;
    const {
      label_smoothing: labelSmoothing = 0,
      optimizer,
      steps,
    } = entry.options as { label_smoothing?: number; optimizer: object; steps: number };
    const { optimiser, rate } = optimiserOf(name, / (\w+)$/.exec(entry.cls)?.[1] ?? entry.cls, optimizer as never);
    const loss = softmaxCrossEntropy({ labelSmoothing });
    const images = nhwc(stored['input']!);
    const norm = (tree: Tree): number => Math.sqrt(leaves(tree).reduce((sum, leaf) => sum + tf.sum(tf.square(leaf)).dataSync()[0]!, 0));

    let params = filled(structureOf(built), stored, names, change);
    let slots = optimiser.init(params);
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 1; step <= steps; step++) {
      const time = tf.scalar(step, 'int32');
      const {
        loss: value,
        aux,
        grads,
      } = lossAndGradients(params, (params) => {
        const pass = updating(
          params,
          training({ seed: tf.scalar(0, 'int32'), step: time }),
          (mode) => model.forward(params, images, mode).logits,
        );
        return { loss: loss(pass.result, stored['const.target']!), aux: pass.params };
      });
      losses.push(value.dataSync()[0]!);
      norms.push(norm(grads as Tree));
      const next = optimiser.update(learned(params), grads, slots, time, tf.scalar(rate));
      params = withLearned(aux, next.params);
      slots = next.slots;
    }

    const after = Object.fromEntries(
      Object.entries(stored).flatMap(([key, leaf]) => (key.startsWith('after.') ? [[key.slice(6), leaf]] : [])),
    );
    const expected = new Map(leavesOf(filled(structureOf(built), after as Tensors, names, change)));
    const errors = [
      ['losses', errorOf(losses, stored['losses']!.dataSync()), entry.tol['losses']!],
      ['grad_norms', errorOf(norms, stored['grad_norms']!.dataSync()), entry.tol['losses']!],
      ...leavesOf(params).map(
        ([path, leaf]) => [path, errorOf(leaf.dataSync(), expected.get(path)!.dataSync()), entry.tol['after']!] as const,
      ),
    ] as const;
    for (const [what, error, tolerance] of errors) expect(error, what).toBeLessThanOrEqual(tolerance);
    count(name, errors.length, Math.max(...errors.map(([, error]) => error)));
  });
});
