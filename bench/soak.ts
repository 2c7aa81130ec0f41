/**
 * Training for a long time in a process of its own: `soak.js EPOCHS`. The real loop with everything in it: batches made anew,
 * shifted, uploaded, dropout, validation. A line of JSON on the fourth stream for every hundred steps.
 */
import { writeSync } from 'node:fs';
import { batchCount, batches, compose, fashionMini, initRandom, moments, ready, residualNetwork, tf, train } from 'fovea';
import { answers } from './engineProcess';
import type { Sample } from './workloads/soak';

const every = 100;

async function main([epochs]: readonly string[]): Promise<void> {
  await ready();
  const { train: set, validation } = fashionMini();
  const standard = moments(set);
  const order = { size: 10, seed: 0, shuffle: true, moments: standard, augment: compose([{ kind: 'shift', pixels: 2 }]) };
  const model = residualNetwork({
    channels: 1,
    classes: 10,
    widths: [8, 16],
    stemStride: 2,
    dropoutRate: 0.1,
    attention: { kind: 'squeezeExcite', reduction: 4 },
    pooling: { kind: 'attentionPooling' },
  });
  const device = tf.backend() as unknown as { getNumOfTFTensors?: () => number };
  let last = performance.now();
  await train({
    model,
    params: model.init(initRandom(0)),
    seed: 0,
    epochs: Number(epochs),
    stepsPerEpoch: batchCount(set, order),
    batches: (epoch) => batches(set, { ...order, epoch }),
    validation: () => batches(validation, { size: 100, moments: standard }),
    onStep: (step, loss) => {
      if (step % every !== 0) return;
      globalThis.gc?.(); // what JavaScript has not yet collected is no leak
      const now = performance.now();
      const sample: Sample = {
        step,
        loss,
        ms: (now - last) / every,
        rssMb: process.memoryUsage().rss / 2 ** 20,
        tensors: device.getNumOfTFTensors?.() ?? tf.memory().numTensors,
      };
      writeSync(answers, `${JSON.stringify(sample)}\n`);
      last = performance.now();
    },
  });
}

void main(process.argv.slice(2));
