/**
 * Proves an installation in under a minute: a small network with attention pooling is trained on the embedded images, its
 * test accuracy printed and its learning curve saved as a figure. Written as a user would write it.
 */
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const { backend, learningCurves, ready, run, save } = createRequire(import.meta.url)('fovea');
const root = fileURLToPath(new URL('..', import.meta.url));

await ready();
console.log(backend().line);

const results = await run(
  {
    name: 'proof',
    question: 'Does this installation train?',
    data: { kind: 'fashionMini' },
    model: {
      kind: 'residualNetwork',
      widths: [16, 32],
      stemStride: 2,
      attention: { kind: 'squeezeExcite', reduction: 4 },
      pooling: { kind: 'attentionPooling' },
    },
    train: { epochs: 5, batchSize: 50, rate: 0.004 },
    seeds: [0],
  },
  { fresh: true },
);
const [{ history, test, folder, id }] = results.seeds;
if (results.interrupted) process.exit(130);

const figure = learningCurves({
  title: 'Proof of the installation',
  subtitle: 'Fashion-MNIST, 250 training images a class, one seed',
  metric: 'validation accuracy',
  unit: '%',
  chance: 0.1,
  curves: [{ model: 'attention', seed: 0, values: history.map(({ validationAccuracy }) => validationAccuracy) }],
});
const [file] = await save(figure, join(folder, 'figures', 'learning-curve.svg'), { provenance: { run: id, seeds: [0] } });
console.log(`test accuracy ${(100 * test.accuracy).toFixed(1)} % on ${test.count} images, chance 10 %`);
console.log(`figure ${relative(root, file)}`);
if (test.accuracy < 0.5) {
  console.error('proof: expected a test accuracy above 50 %, which a sound installation reaches; run `npx fovea doctor`');
  process.exit(1);
}
