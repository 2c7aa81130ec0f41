/** Activations: TensorFlow's own kernels for what stock tfjs composes, and ours for what both compose. */
import * as tf from '@tensorflow/tfjs-core';
import { logShares, opened, shares, softmaxSlope } from '../../tensor/ops/softmax';
import type { Device, Kernels } from './device';

export const activations = ({ one, type, float, fused }: Device): Kernels => ({
  FoveaSigmoidGrad: ({ dy, y }) => one('SigmoidGrad', [type('T')], [y!, dy!]),
  FoveaTanhGrad: ({ dy, y }) => one('TanhGrad', [type('T')], [y!, dy!]),
  FoveaRelu6Grad: ({ dy, y }) => one('Relu6Grad', [type('T')], [dy!, y!]),
  FoveaLeakyRelu: ({ x }, { slope }) => one('LeakyRelu', [type('T'), float('alpha', slope as number)], [x!]),
  FoveaLeakyReluGrad: ({ dy, x }, { slope }) => one('LeakyReluGrad', [type('T'), float('alpha', slope as number)], [dy!, x!]),
  FoveaEluGrad: ({ dy, y }) => one('EluGrad', [type('T')], [dy!, y!]),
  FoveaSoftplusGrad: ({ dy, x }) => one('SoftplusGrad', [type('T')], [dy!, x!]),
  FoveaLogSoftmax: ({ scores }, { axis }) =>
    axis === scores!.rank - 1 ? one('LogSoftmax', [type('T')], [scores!]) : logShares(scores!, axis as number),
  FoveaMaskedSoftmax: ({ scores, mask }, { axis }) => {
    const open = opened(mask!);
    const chosen = (yes: tf.Tensor, no: number): tf.Tensor => one('SelectV2', [type('T')], [open, yes, tf.scalar(no)]);
    return chosen(shares(chosen(scores!, Number.NEGATIVE_INFINITY), axis as number), 0);
  },
  FoveaDropped: ({ x, noise }, { rate }) => {
    const kept = one('GreaterEqual', [type('T')], [noise!, tf.scalar(rate as number)]);
    const scaled = one('Mul', [type('T')], [x!, tf.scalar(1 / (1 - (rate as number)))]);
    return one('SelectV2', [type('T')], [kept, scaled, tf.scalar(0)]);
  },
  ...(fused && {
    FoveaSilu: ({ x }) => one('FoveaSilu', [], [x!]),
    FoveaSiluGrad: ({ dy, x }) => one('FoveaSiluGrad', [], [dy!, x!]),
    FoveaHardSwish: ({ x }) => one('FoveaHardSwish', [], [x!]),
    FoveaHardSwishGrad: ({ dy, x }) => one('FoveaHardSwishGrad', [], [dy!, x!]),
    FoveaHardSigmoid: ({ x }) => one('FoveaHardSigmoid', [], [x!]),
    FoveaHardSigmoidGrad: ({ dy, x }) => one('FoveaHardSigmoidGrad', [], [dy!, x!]),
    FoveaSoftmaxGrad: ({ dy, y }, { axis }) =>
      axis === y!.rank - 1 ? one('FoveaSoftmaxGrad', [], [dy!, y!]) : softmaxSlope(dy!, y!, axis as number),
  }),
});
