/** Activations, normalisations, softmax and dropout of the reference. */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../../../lib/layers/batchNorm';
import { dropout } from '../../../lib/layers/dropout';
import { dropout2d } from '../../../lib/layers/dropout2d';
import { dropPath } from '../../../lib/layers/dropPath';
import { globalResponseNorm } from '../../../lib/layers/globalResponseNorm';
import { groupNorm } from '../../../lib/layers/groupNorm';
import { instanceNorm } from '../../../lib/layers/instanceNorm';
import { layerNorm } from '../../../lib/layers/layerNorm';
import { rmsNorm } from '../../../lib/layers/rmsNorm';
import { evaluation, type Mode, type Module, type NoParams, training, updating } from '../../../lib/tensor/module';
import {
  dropped,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  logSoftmax,
  relu,
  relu6,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from '../../../lib/tensor/ops';
import type { Entry } from '../fixture';
import { type Arguments, type Builder, type Builders, channelsBack, channelsLast, type Run, type When } from './builder';

/** Those of the settings that are given: the rest has the layer's own default. */
type Given<T> = { [Name in keyof T]?: NonNullable<T[Name]> };
const given = <T extends object>(settings: T): Given<T> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Given<T>;

/** The arguments fix a function of the input alone, in any layout. */
const activation =
  (make: (args: Arguments) => (x: tf.Tensor) => tf.Tensor): Builder =>
  (args) => {
    const y = make(args);
    return ({ input }) => ({ output: y(input!) });
  };

const softmaxOf = (of: typeof softmax): Builder =>
  activation((args) => {
    const axis = args.take<number>('dim');
    return (x) => of(x, axis);
  });

/** While training with the mask of the run, from the file, in place of the noise: where it is 0, noise below the rate. */
const droppingOf =
  (make: (options: { rate: number }) => Module<NoParams, tf.Tensor4D, tf.Tensor>): Builder =>
  (args) => {
    const rate = args.take<number>('p', 'drop_prob')!;
    const module = make({ rate });
    return (at, when) => {
      const x = at['input'] as tf.Tensor4D;
      const keep = at[`${when}.map.keep`]!;
      return { output: when === 'eval' ? module.forward({}, x, evaluation) : dropped(x, keep, rate), maps: { keep } };
    };
  };

const modeOf = (when: When): Mode =>
  when === 'eval' ? evaluation : training({ seed: tf.scalar(0, 'int32'), step: tf.scalar(1, 'int32') });

/** Batch norm over all axes but that of the channels, seen as b h w c with what is missing of length 1. */
const batchNormOf: Builder = (args, { layout }: Entry): Run => {
  const settings = given({ momentum: args.take<number>('momentum', 'mom'), epsilon: args.take<number>('eps') });
  return (at, when) => {
    const input = channelsLast(at['input']!, layout);
    const dim = input.shape.at(-1)!;
    const module = batchNorm({ dim, ...settings });
    const params = {
      scale: (at['param.weight'] ?? tf.ones([dim])) as tf.Tensor1D,
      shift: (at['param.bias'] ?? tf.zeros([dim])) as tf.Tensor1D,
      running: { mean: at['buffer.running_mean'] as tf.Tensor1D, variance: at['buffer.running_var'] as tf.Tensor1D },
    };
    const x = tf.reshape(input, [input.shape[0]!, 1, -1, dim]) as tf.Tensor4D;
    const { result, params: after } = updating(params, modeOf(when), (mode) => module.forward(params, x, mode));
    return {
      output: channelsBack(tf.reshape(result, input.shape), layout),
      after: { running_mean: after.running.mean, running_var: after.running.variance },
    };
  };
};

type Norm = Pick<Module<{ scale: tf.Tensor1D; shift: tf.Tensor1D }, tf.Tensor, tf.Tensor>, 'forward'>;
type MakeNorm = (options: { dim: number; epsilon?: number }) => Norm;

/** What normalises by the numbers it sees, channels last; scale and shift are 1 and 0 where there are none. */
const normOf =
  (make: (args: Arguments) => MakeNorm): Builder =>
  (args, { layout }) => {
    const settings = given({ epsilon: args.take<number>('eps') });
    const norm = make(args);
    return (at) => {
      const x = channelsLast(at['input']!, layout);
      const dim = x.shape.at(-1)!;
      const scale = (at['param.weight'] ?? tf.ones([dim])) as tf.Tensor1D;
      const shift = (at['param.bias'] ?? tf.zeros([dim])) as tf.Tensor1D;
      return { output: channelsBack(norm({ dim, ...settings }).forward({ scale, shift }, x, evaluation), layout) };
    };
  };

export const pointwise: Builders = {
  BatchNorm1d: batchNormOf,
  BatchNorm2d: batchNormOf,
  DropPath: droppingOf(dropPath),
  Dropout: droppingOf(dropout),
  Dropout2d: droppingOf(dropout2d),
  ELU: activation((args) => {
    const alpha = args.take<number>('alpha');
    return (x) => elu(x, alpha);
  }),
  GELU: activation((args) => {
    const approximate = args.take<'none' | 'tanh'>('approximate');
    return (x) => gelu(x, approximate);
  }),
  GlobalResponseNorm: normOf(() => globalResponseNorm as unknown as MakeNorm),
  GroupNorm: normOf((args) => {
    const groups = args.take<number>('num_groups', 'g')!;
    return (options) => groupNorm({ ...options, groups });
  }),
  Hardsigmoid: activation(() => hardSigmoid),
  Hardswish: activation(() => hardSwish),
  InstanceNorm2d: normOf(() => instanceNorm),
  LayerNorm: normOf(() => layerNorm),
  LayerNorm2d: normOf(() => layerNorm),
  LeakyReLU: activation((args) => {
    const slope = args.take<number>('negative_slope');
    return (x) => leakyRelu(x, slope);
  }),
  LogSoftmax: softmaxOf(logSoftmax),
  RMSNorm: normOf(() => rmsNorm),
  ReLU: activation(() => relu),
  ReLU6: activation(() => relu6),
  RmsNorm: normOf(() => rmsNorm),
  SiLU: activation(() => silu),
  Sigmoid: activation(() => sigmoid),
  Softmax: softmaxOf(softmax),
  Softplus: activation((args) => {
    const settings = given({ beta: args.take<number>('beta'), threshold: args.take<number>('threshold') });
    return (x) => softplus(x, settings);
  }),
  Tanh: activation(() => tanh),
};
