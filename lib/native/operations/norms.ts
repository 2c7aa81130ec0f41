/** Normalisation: value and gradient in two passes over memory each, with what follows in the same passes where the kernels are ours. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Device, Kernel, Kernels } from './device';

export const norms = (device: Device): Kernels => (device.fused ? ours(device) : tensorflows(device));

function ours({ many, int, float, bool }: Device): Kernels {
  const batchNorm: Kernel = ({ x, scale, shift, residual }, { epsilon, relu }) =>
    many(
      residual ? 'FoveaBatchNormAdd' : 'FoveaBatchNorm',
      [float('epsilon', epsilon as number), bool('relu', relu as boolean)],
      [x!, scale!, shift!, ...(residual ? [residual] : [])],
      4,
    );
  return {
    FoveaBatchNorm: batchNorm,
    FoveaBatchNormAdd: batchNorm,
    FoveaBatchNormGrad: ({ dy, x, scale, shift, mean, saved1: inverse }, { relu }) =>
      many('FoveaBatchNormGrad', [bool('relu', relu as boolean)], [dy!, x!, scale!, shift!, mean!, inverse!], 3),
    FoveaBatchNormAddReluGrad: ({ dy, x, y, scale, mean, saved1: inverse }) =>
      many('FoveaBatchNormAddReluGrad', [], [dy!, x!, y!, scale!, mean!, inverse!], 4),
    FoveaLayerNorm: ({ x, scale, shift }, { epsilon }) =>
      many('FoveaLayerNorm', [float('epsilon', epsilon as number)], [x!, scale!, shift!], 3),
    FoveaGroupNorm: ({ x, scale, shift }, { groups, epsilon }) =>
      many('FoveaGroupNorm', [int('groups', groups as number), float('epsilon', epsilon as number)], [x!, scale!, shift!], 3),
    FoveaGroupNormGrad: ({ dy, x, scale, mean, inverse }, { groups }) =>
      many('FoveaGroupNormGrad', [int('groups', groups as number)], [dy!, x!, scale!, mean!, inverse!], 3),
    FoveaRmsNorm: ({ x, scale }, { epsilon }) => many('FoveaRmsNorm', [float('epsilon', epsilon as number)], [x!, scale!], 2),
    FoveaRmsNormGrad: ({ dy, x, scale, inverse }) => many('FoveaRmsNormGrad', [], [dy!, x!, scale!, inverse!], 2),
    FoveaGlobalResponseNorm: ({ x, scale, shift }, { epsilon }) =>
      many('FoveaGlobalResponseNorm', [float('epsilon', epsilon as number)], [x!, scale!, shift!], 2),
    FoveaGlobalResponseNormGrad: ({ dy, x, scale, size }, { epsilon }) =>
      many('FoveaGlobalResponseNormGrad', [float('epsilon', epsilon as number)], [dy!, x!, scale!, size!], 3),
    FoveaLayerNormGrad: ({ dy, x, scale, mean, inverse }) => many('FoveaLayerNormGrad', [], [dy!, x!, scale!, mean!, inverse!], 3),
  };
}

function tensorflows({ one, many, type, float, bool, text }: Device): Kernels {
  const norm = (epsilon: unknown) => [
    type('T'),
    type('U'),
    float('epsilon', epsilon as number),
    text('data_format', 'NHWC'),
    bool('is_training', true),
  ];
  const batchNorm: Kernel = ({ x, scale, shift, residual }, { epsilon, relu }) => {
    const none = tf.tensor1d([]); // the running statistics that only the other mode reads
    const attributes = [...norm(epsilon), float('exponential_avg_factor', 1)];
    const [y, ...others] = many('FusedBatchNormV3', attributes, [x!, scale!, shift!, none, none], 6) as [Tensor, ...Tensor[]];
    const sum = residual ? one('AddV2', [type('T')], [y, residual]) : y;
    return [relu ? one('Relu', [type('T')], [sum]) : sum, ...others];
  };
  const grad: Kernel = ({ dy, x, y, scale, saved1, saved2, saved3 }, { epsilon, relu }) => {
    const passed = relu ? one('ReluGrad', [type('T')], [dy!, y!]) : dy!;
    return [...many('FusedBatchNormGradV3', norm(epsilon), [passed, x!, scale!, saved1!, saved2!, saved3!], 5).slice(0, 3), passed];
  };
  return {
    FoveaBatchNorm: batchNorm,
    FoveaBatchNormAdd: batchNorm,
    FoveaBatchNormGrad: (inputs, attributes) => (grad(inputs, attributes) as Tensor[]).slice(0, 3),
    FoveaBatchNormAddReluGrad: grad,
  };
}
