/**
 * How an entry of the reference becomes a function of ours. Its tensors stay in PyTorch's layout outside of that function and
 * are turned inside it, by operations that have gradients: so gradients come back in PyTorch's layout too.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Entry, Given } from '../fixture';

export type When = Entry['modes'][number];

/** By key, in PyTorch's layout: `input`, `param.weight`, `buffer.running_mean`, `const.size`, `train.map.keep` ... */
export type Tensors = { readonly [key: string]: tf.Tensor };
/** `maps` and `after` (the buffers after a training call) by the names they have in the file. */
export type Result = { readonly output: tf.Tensor; readonly maps?: Tensors; readonly after?: Tensors };
export type Run = (at: Tensors, when: When) => Result;
export type Builder = (args: Arguments, entry: Entry) => Run;
/** By the last name of the class: `nn.Conv2d(groups=C)` is `Conv2d`. */
export type Builders = { readonly [cls: string]: Builder };

export type Arguments = {
  /** The first of these names that is given (its own and the letters that stand for it), which all count as read. */
  readonly take: <T>(...names: string[]) => T | undefined;
  /** Given but never taken: a builder that ignores an argument would compare the wrong thing. */
  readonly left: () => string[];
};

/** `nn.Dropout2d (whole channels)` is Dropout2d. */
export const className = (cls: string): string =>
  cls
    .replace(/\s*\(.*$/s, '')
    .split('.')
    .at(-1)!
    .trim();

const SIZES = ['B', 'C', 'H', 'W', 'N', 'M', 'K', 'num_features', 'num_channels', 'normalized_shape'];
/** Seen in the parameters themselves, or of no consequence for the numbers. */
const WITHOUT_EFFECT = ['affine', 'elementwise_affine', 'gain', 'seed', 'kind', 'act', 'inplace'];

/** What the text of a call, the settings of the module and the options give, the later over the earlier; sizes are none of it. */
export function argumentsOf({ cls, hyper, options }: Entry): Arguments {
  const all = new Map(Object.entries({ ...namedIn(cls), ...hyper?.['.'], ...options }));
  for (const name of [...SIZES, ...WITHOUT_EFFECT]) all.delete(name);
  return {
    take: <T>(...names: string[]) => {
      const given = names.filter((name) => all.has(name)).map((name) => all.get(name));
      for (const name of names) all.delete(name);
      return (given[0] ?? undefined) as T | undefined;
    },
    left: () => [...all.keys()],
  };
}

/** The arguments that the text of a call names: `Softplus(beta=1.0, threshold=20.0)`. */
function namedIn(cls: string): Given {
  const words: Given = { True: true, False: false, None: undefined };
  const value = (text: string): unknown => (text in words ? words[text] : text.startsWith("'") ? text.slice(1, -1) : Number(text));
  const found = [...cls.matchAll(/(\w+)=('[^']*'|True|False|None|[-+]?[\d.][-+.\de]*)/g)];
  return Object.fromEntries(found.map(([, name, text]) => [name, value(text!)]));
}

/** One number for both axes, or two. */
export const pair = (value: number | readonly number[]): [number, number] =>
  typeof value === 'number' ? [value, value] : [value[0]!, value[1] ?? value[0]!];

/** The channels moved to the end, where ours are: NCHW to NHWC, NCW to NWC; what has them there stays. */
export function channelsLast<R extends tf.Rank>(x: tf.Tensor, layout: string): tf.Tensor<R> {
  const axis = channelAxis(x, layout);
  return tf.transpose(x, [...x.shape.keys()].filter((i) => i !== axis).concat(axis)) as tf.Tensor<R>;
}

/** Back again. */
export function channelsBack(x: tf.Tensor, layout: string): tf.Tensor {
  const order = [...x.shape.keys()].slice(0, -1);
  order.splice(channelAxis(x, layout), 0, x.rank - 1);
  return tf.transpose(x, order);
}

const channelAxis = (x: tf.Tensor, layout: string): number => {
  const axis = layout.indexOf('C');
  return axis < 0 || layout.length !== x.rank ? x.rank - 1 : axis;
};
