/** Activations, normalisations, softmax and dropout of the reference. */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../../../lib/layers/batchNorm';
import { layerNorm } from '../../../lib/layers/layerNorm';
import { evaluation, training, updating } from '../../../lib/tensor/module';
import { relu } from '../../../lib/tensor/ops';
import type { Entry } from '../fixture';
import { type Arguments, type Builder, type Builders, channelsBack, channelsLast, type Run, type When } from './builder';

/** Its arguments fix a function of the input alone, in PyTorch's layout. */
const pointwiseOf =
  (make: (args: Arguments) => (x: tf.Tensor) => tf.Tensor): Builder =>
  (args) => {
    const y = make(args);
    return ({ input }) => ({ output: y(input!) });
  };

const modeOf = (when: When) => (when === 'eval' ? evaluation : training({ seed: tf.scalar(0, 'int32'), step: tf.scalar(1, 'int32') }));

/** Batch norm over all axes but that of the channels, seen as b h w c with what is missing of length 1. */
function batchNormOf(args: Arguments, { layout }: Entry): Run {
  const momentum = args.take<number>('momentum', 'mom');
  const epsilon = args.take<number>('eps');
  return (at, when) => {
    const input = channelsLast(at['input']!, layout);
    const dim = input.shape.at(-1)!;
    const params = {
      scale: (at['param.weight'] ?? tf.ones([dim])) as tf.Tensor1D,
      shift: (at['param.bias'] ?? tf.zeros([dim])) as tf.Tensor1D,
      running: { mean: at['buffer.running_mean'] as tf.Tensor1D, variance: at['buffer.running_var'] as tf.Tensor1D },
    };
    const module = batchNorm({ dim, ...(momentum !== undefined && { momentum }), ...(epsilon !== undefined && { epsilon }) });
    const x = tf.reshape(input, [input.shape[0]!, 1, -1, dim]) as tf.Tensor4D;
    const { result, params: after } = updating(params, modeOf(when), (mode) => module.forward(params, x, mode));
    return {
      output: channelsBack(tf.reshape(result, input.shape), layout),
      after: { running_mean: after.running.mean, running_var: after.running.variance },
    };
  };
}

function layerNormOf(args: Arguments, { layout }: Entry): Run {
  const epsilon = args.take<number>('eps');
  return (at) => {
    const x = channelsLast(at['input']!, layout);
    const dim = x.shape.at(-1)!;
    const module = layerNorm<tf.Tensor>({ dim, ...(epsilon !== undefined && { epsilon }) });
    const scale = (at['param.weight'] ?? tf.ones([dim])) as tf.Tensor1D;
    const shift = (at['param.bias'] ?? tf.zeros([dim])) as tf.Tensor1D;
    return { output: channelsBack(module.forward({ scale, shift }, x, evaluation), layout) };
  };
}

export const pointwise: Builders = {
  BatchNorm1d: batchNormOf,
  BatchNorm2d: batchNormOf,
  LayerNorm: layerNormOf,
  LayerNorm2d: layerNormOf,
  ReLU: pointwiseOf(() => relu),
};
