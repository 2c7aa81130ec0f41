/** Value and gradient of the operations, recorded as one native call, are those of plain calls. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { compile } from '../../../lib/native/compile';
import { lossAndGradients } from '../../../lib/tensor/grad';
import * as ops from '../../../lib/tensor/ops';
import { numbers, wavy } from '../gradients';

const mask = (): tf.Tensor => tf.tensor1d([1, 0, 1, 1, 0, 1]);
const ones = (): tf.Tensor1D => tf.ones([6]);
const zeros = (): tf.Tensor1D => tf.zeros([6]);
const rows = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, 6]);
const labels = (x: tf.Tensor2D): tf.Tensor1D => tf.fill([x.shape[0]], 2, 'int32');

/** A filter out of the images themselves, so that its gradient counts too. */
const filter = (x: tf.Tensor4D, ...shape: [number, number, number, number]): tf.Tensor4D =>
  tf.reshape(tf.slice(tf.reshape(x, [-1]), 0, tf.util.sizeFromShape(shape)), shape);

const cases: { [name: string]: (x: tf.Tensor4D) => tf.Tensor } = {
  relu6: ops.relu6,
  leakyRelu: ops.leakyRelu,
  elu: (x) => ops.elu(x, 0.5),
  sigmoid: ops.sigmoid,
  tanh: ops.tanh,
  softplus: (x) => ops.softplus(x, { beta: 2, threshold: 3 }),
  silu: ops.silu,
  hardSigmoid: ops.hardSigmoid,
  hardSwish: ops.hardSwish,
  gelu: ops.gelu,
  'gelu tanh': (x) => ops.gelu(x, 'tanh'),
  softmax: ops.softmax,
  'softmax along an inner axis': (x) => ops.softmax(x, 1),
  logSoftmax: ops.logSoftmax,
  maskedSoftmax: (x) => ops.maskedSoftmax(x, mask()),
  sumOver: (x) => ops.sumOver(x, [1, 3]),
  meanOver: (x) => ops.meanOver(x, [1, 2]),
  maxOver: (x) => ops.maxOver(x, -1, true),
  logSumExp: (x) => ops.logSumExp(x, [1, 2]),
  broadcast: (x) => ops.broadcast(ops.sumOver(x, 2, true), x.shape),
  groupNormalise: (x) => ops.groupNormalise(x, 2, ones(), zeros(), 1e-5),
  rmsNormalise: (x) => ops.rmsNormalise(x, ones(), 1e-6),
  globalResponseNormalise: (x) => ops.globalResponseNormalise(x, ones(), zeros(), 1e-6),
  crossEntropy: (x) => ops.crossEntropy(rows(x), labels(rows(x))),
  softCrossEntropy: (x) => ops.softCrossEntropy(rows(x), ops.smoothLabels(labels(rows(x)), 6, 0.1), true),
  dropped: (x) => ops.dropped(x, tf.fill(x.shape, 0.5), 0.25),
  convolve: (x) => ops.convolve(x, filter(x, 3, 2, 6, 4), { padding: 'same', stride: 2 }),
  'convolve with explicit padding': (x) => ops.convolve(x, filter(x, 3, 2, 6, 4), { padding: [[2, 0], [1, 1]], stride: [2, 1] }), // biome-ignore format: rows
  'convolve with a dilation': (x) => ops.convolve(x, filter(x, 2, 2, 6, 4), { padding: 1, dilation: 2 }),
  'convolve in groups': (x) => ops.convolve(x, filter(x, 3, 2, 3, 4), { padding: 1, groups: 2 }),
  'convolve each channel, dilated': (x) => ops.convolveDepthwise(x, filter(x, 3, 2, 6, 2), { padding: 'same', dilation: 2 }),
  convolveTransposed: (x) => ops.convolveTransposed(x, filter(x, 2, 3, 2, 6), { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
  maxPool: (x) => ops.maxPool(x, { kernel: 3, stride: 2, padding: 1 }),
  'maxPool with a dilation': (x) => ops.maxPool(x, { kernel: 2, stride: 1, dilation: 2 }),
  averagePool: (x) => ops.averagePool(x, { kernel: 3, stride: 2, padding: 1, includePadding: false, ceil: true }),
  adaptiveAveragePool: (x) => ops.adaptiveAveragePool(x, [2, 3]),
  adaptiveMaxPool: (x) => ops.adaptiveMaxPool(x, [2, 3]),
  unfold: (x) => ops.unfold(x, { kernel: [2, 3], stride: 2, padding: 1 }),
  gather: (x) => ops.gather(x, tf.cast(tf.abs(tf.slice(tf.reshape(x, [-1]), 0, 6)), 'int32'), 2),
  'gather for each of the batch': (x) => ops.gather(x, tf.tensor2d([[1, 1], [0, 2]], [2, 2], 'int32'), 1, 1), // biome-ignore format: rows
  segmentSum: (x) => ops.segmentSum(rows(x), tf.concat([tf.range(0, 24, 2, 'int32'), tf.range(0, 24, 2, 'int32')]) as tf.Tensor1D, 30),
  'resize, bilinear': (x) => ops.resize(x, [5, 3]),
  'resize, bicubic': (x) => ops.resize(x, [5, 3], { mode: 'bicubic' }),
  'resize, nearest': (x) => ops.resize(x, [5, 3], { mode: 'nearest' }),
  gridSample: (x) => ops.gridSample(x, tf.tanh(tf.slice(x, [0, 0, 0, 0], [2, 3, 2, 2])) as tf.Tensor4D, { padding: 'reflection' }),
  einsum: (x) => ops.einsum('bhwc,bhwd,c->bdc', x, x, tf.ones([6])),
};

it.each(Object.entries(cases))('%s', (_, f) => {
  const step = (x: tf.Tensor4D): tf.Tensor[] => {
    const { aux, grads } = lossAndGradients(x, (x) => {
      const y = f(x);
      return { loss: tf.sum(tf.square(y)) as tf.Scalar, aux: y };
    });
    return [aux, grads as tf.Tensor];
  };
  const compiled = compile(step);
  const x = tf.mul(wavy<tf.Rank.R4>([2, 3, 4, 6]), 3) as tf.Tensor4D;
  const [plain, got] = [step(x), compiled(x)];
  plain.forEach((wanted, i) => {
    expect(got[i]!.shape).toEqual(wanted.shape);
    const right = numbers(wanted);
    const size = Math.max(1, ...right.map(Math.abs));
    numbers(got[i]!).forEach((value, k) => expect(Math.abs(value - right[k]!) / size).toBeLessThan(1e-6));
  });
  compiled.dispose();
});
