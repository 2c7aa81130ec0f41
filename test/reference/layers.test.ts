/**
 * Every layer of the folder named by FOVEA_REFERENCE (default: the copy beside the tests), built from the entry's own options:
 * outputs, maps, all gradients and the buffers after a training call.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { lossAndGradients } from '../../lib/tensor/grad';
import { type Entry, entriesOf, errorOf, reference, tensorsOf } from './fixture';
import { argumentsOf, type Builders, className, type Run, type Tensors, type When } from './layers/builder';
import { pointwise } from './layers/pointwise';
import { spatial } from './layers/spatial';

const entries = entriesOf('layers');
const builders: Builders = { ...pointwise, ...spatial };

function build(entry: Entry): Run {
  const builder = builders[className(entry.cls)];
  if (!builder) throw new Error(`${entry.name}: expected a class among ${Object.keys(builders).sort().join(', ')}, got ${entry.cls}`);
  const args = argumentsOf(entry);
  const run = builder(args, entry);
  if (args.left().length > 0)
    throw new Error(`${entry.name}: ${entry.cls} with arguments that are not known here: ${args.left().join(', ')}`);
  return run;
}

/** All that the file holds of one mode, by key, computed by ours. */
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

describe(`the layers of ${reference} agree with PyTorch and timm, value and gradient`, () => {
  let compared = 0;
  let worst = 0;
  afterAll(() => console.info(`layers: ${entries.length} entries, ${compared} tensors compared, worst error ${worst.toExponential(1)}`));

  it('there are some', () => expect(entries.length).toBeGreaterThan(0));

  it.each(entries)('$name', (entry) => {
    const stored = tensorsOf(entry);
    const run = build(entry);
    for (const when of entry.modes) {
      const ours = results(run, stored, when);
      for (const key of Object.keys(stored).filter((key) => key.startsWith(`${when}.`))) {
        expect(ours[key], `${entry.name}: expected ${key}, got ${Object.keys(ours).join(', ')}`).toBeDefined();
        expect(ours[key]!.shape, key).toEqual(stored[key]!.shape);
        const error = errorOf(ours[key]!.dataSync(), stored[key]!.dataSync());
        const kind = key.includes('.grad.') ? 'grad' : key.includes('.map.') ? 'map' : 'output';
        expect(error, `${entry.name}, ${key}`).toBeLessThanOrEqual(entry.tol[kind]!);
        worst = Math.max(worst, error);
        compared += 1;
      }
    }
  });
});
