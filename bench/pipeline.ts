/** The data pipeline in a process of its own: a step cuts the next batch of 128, shifted, mirrored and standardised. */
import { batches, compose, type ImageBatch, imageSet, moments, stream } from 'fovea';
import { serve } from './engineProcess';
import { batch } from './workloads/pipeline';

const { version } = require('fovea/package.json') as { version: string };

const [count, size, channels] = [20 * batch, 32, 3];

async function main(): Promise<void> {
  const next = stream(0, 'images');
  const set = imageSet({
    name: 'noise',
    classes: ['noise'],
    count,
    height: size,
    width: size,
    channels,
    images: Float32Array.from({ length: count * size * size * channels }, next),
    labels: new Int32Array(count),
    sources: Int32Array.from({ length: count }, (_, index) => index),
  });
  const order = {
    size: batch,
    seed: 0,
    shuffle: true,
    moments: moments(set),
    augment: compose([{ kind: 'shift', pixels: 4 }, { kind: 'flip' }]),
  };
  let epoch = 0;
  let rest: Iterator<ImageBatch> = batches(set, { ...order, epoch });
  const step = (): ImageBatch => {
    const { value, done } = rest.next();
    if (!done) return value;
    epoch += 1;
    rest = batches(set, { ...order, epoch });
    return rest.next().value as ImageBatch;
  };
  const sum = ({ images }: ImageBatch): number => images.reduce((total, value) => total + Math.abs(value), 0);
  await serve(async () => ({
    versions: { fovea: version, node: process.version },
    check: async (steps) => Array.from({ length: steps }, () => sum(step())),
    step,
  }));
}

void main();
