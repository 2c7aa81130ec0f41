import { attentionDistribution } from '../../lib/plot/attentionDistribution';
import { attentionMap } from '../../lib/plot/attentionMap';
// One small figure of each kind, for promises that all figures keep.
import { confusionMatrix } from '../../lib/plot/confusionMatrix';
import { embedding3d } from '../../lib/plot/embedding3d';
import type { Figure, Image } from '../../lib/plot/figure';
import { imageGrid } from '../../lib/plot/imageGrid';
import { intervals } from '../../lib/plot/intervals';
import { learningCurves } from '../../lib/plot/learningCurves';
import { numberGrid } from '../../lib/plot/numberGrid';
import { pairMatrix } from '../../lib/plot/pairMatrix';
import { pixelExplorer } from '../../lib/plot/pixelExplorer';
import { whereItLooks } from '../../lib/plot/whereItLooks';

export const image: Image = { height: 2, width: 3, channels: 1, values: [0, 0.2, 0.4, 0.6, 0.8, 1] };
const weights = [
  [0.1, 0.2],
  [0.3, 0.4],
];
const mask = [
  [0, 1, 1],
  [0, 1, 0],
];
const large = Array.from({ length: 70 }, () => Array.from({ length: 70 }, (_, k) => (k === 0 ? 1 : 0)));

export const examples: Readonly<Record<string, Figure>> = {
  learningCurves: learningCurves({
    curves: [0, 1, 2].flatMap((seed) =>
      ['plain', 'squeeze-excite'].map((model) => ({ model, seed, values: [0.2, 0.5 + seed / 100, 0.7] })),
    ),
    metric: 'accuracy',
    unit: '%',
    chance: 0.1,
  }),
  learningCurvesOfSeeds: learningCurves({
    curves: [{ model: 'plain', seed: 0, values: [2, 1] }],
    metric: 'loss',
    unit: 'nats',
    band: 'seeds',
  }),
  attentionMap: attentionMap({ image, weights, mask }),
  attentionMapOver: attentionMap({ image, weights, layout: 'over' }),
  attentionDistribution: attentionDistribution({ distributions: [{ name: 'pooling', weights: [0.7, 0.1, 0.2] }], top: 1 }),
  attentionDistributions: attentionDistribution({
    distributions: [
      { name: 'pooling', weights: [0.7, 0.1, 0.2] },
      { name: 'uniform', weights: [1 / 3, 1 / 3, 1 / 3] },
    ],
    top: 2,
  }),
  pairMatrix: pairMatrix({
    weights: [
      [0.25, 0.75],
      [0.5, 0.5],
    ],
  }),
  pairMatrixOfMany: pairMatrix({ weights: large }),
  imageGrid: imageGrid({ images: [image, image], labels: ['Coat', 'Bag'], predictions: ['Coat', 'Shirt'], columns: 1 }),
  confusionMatrix: confusionMatrix({
    counts: [
      [8, 2],
      [1, 9],
    ],
    classes: ['Coat', 'Bag'],
  }),
  whereItLooks: whereItLooks({ images: [image], labels: ['Coat'], masks: [mask], models: [{ name: 'pooling', maps: [weights] }] }),
  intervals: intervals({
    rows: [
      { name: 'plain', value: 0.1, low: -0.1, high: 0.3, verdict: 'no evidence' },
      { name: 'pooling', value: 0.4, low: 0.2, high: 0.6, verdict: 'gain' },
    ],
    measure: 'difference in accuracy',
    unit: '%',
    references: [{ label: 'no difference', value: 0 }],
  }),
  pixelExplorer: pixelExplorer({ image, scores: [0, 1].map((head) => Array.from({ length: 6 }, (_, q) => [q, 1, 2, head, 4, 5])) }),
  numberGrid: numberGrid({ grids: [{ title: 'scores', values: weights, colour: 'signed', mark: [[0, 1]] }] }),
  embedding3d: embedding3d({
    points: [
      [0, 1, 2],
      [3, 4, 5],
    ],
    labels: ['Coat', 'Bag'],
  }),
};
