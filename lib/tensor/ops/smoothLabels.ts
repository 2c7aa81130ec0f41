/** Labels as shares of the classes. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { operation } from '../operation';
import { oneHot } from './oneHot';

const smoothLabelsOp = operation({
  name: 'FoveaSmoothLabels',
  plain: ({ labels }, { classes, on, off }) => {
    return [tf.add(tf.mul(oneHot(labels!, classes as number), (on as number) - (off as number)), off as number)];
  },
});

/** Label smoothing (Szegedy et al. 2015, arXiv:1512.00567): 1 - smoothing at the label and smoothing shared by all classes: b (int32) -> b classes. */
export const smoothLabels = (labels: Tensor1D, classes: number, smoothing = 0): Tensor2D =>
  smoothLabelsOp({ labels }, { classes, on: 1 - smoothing + smoothing / classes, off: smoothing / classes })[0]! as Tensor2D;
