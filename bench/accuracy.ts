/**
 * Equal accuracy after equal epochs, ours: `accuracy.js write DATA` writes images and, for each seed, the initial weights;
 * `accuracy.js train DATA` trains from each and writes a line of JSON to the fourth stream. peers/torch_accuracy.py does the same.
 */
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import {
  batchCount,
  batches,
  evaluate,
  fashionMini,
  type ImageSet,
  initRandom,
  moments,
  ready,
  resNet,
  standardise,
  train,
  tree,
} from 'fovea';
import { decodeSafetensors, encodeSafetensors, type StoredTensors } from 'fovea/dist/native/safetensors';
import { answers } from './engineProcess';
import { restoredTree, storedTree } from './kinds/trees';
import { batch, epochs, type Result, rate, seeds } from './workloads/accuracy';

const split = fashionMini();
const standard = moments(split.train);
const model = resNet({ depth: 20, channels: 1, classes: 10, attention: { kind: 'none' }, pooling: { kind: 'meanPooling' } });

function stored(name: string, { count, height, width, images, labels }: ImageSet): StoredTensors {
  return {
    [`${name}.images`]: { dtype: 'F32', shape: [count, height, width, 1], values: standardise(images, standard) },
    [`${name}.labels`]: { dtype: 'I32', shape: [count], values: labels },
  };
}

async function main([mode, path]: readonly string[]): Promise<void> {
  await ready();
  if (mode === 'write') {
    const parts = Object.entries(split).map(([name, set]) => stored(name, set));
    const weights = seeds.map((seed) => storedTree(`${seed}`, model.init(initRandom(seed))));
    writeFileSync(path!, encodeSafetensors(Object.assign({}, ...parts, ...weights)));
    return;
  }
  const data = decodeSafetensors(readFileSync(path!), path!);
  for (const seed of seeds) {
    const order = { size: batch, seed, shuffle: true, moments: standard };
    const stepsPerEpoch = batchCount(split.train, order);
    const ms: number[] = [];
    let last = performance.now();
    const { params } = await train({
      model,
      params: restoredTree(data, `${seed}`, model.init(initRandom(seed))),
      seed,
      epochs,
      rate,
      schedule: { kind: 'cosine' },
      stepsPerEpoch,
      batches: (epoch) => batches(split.train, { ...order, epoch }),
      validation: () => batches(split.validation, { size: 100, moments: standard }),
      onStep: () => {
        const now = performance.now();
        ms.push(now - last);
        last = now;
      },
    });
    const { accuracy } = evaluate(model, params, batches(split.test, { size: 100, moments: standard }));
    tree.dispose(params);
    const result: Result = { seed, accuracy, ms };
    writeSync(answers, `${JSON.stringify(result)}\n`);
  }
}

void main(process.argv.slice(2));
