/**
 * An operation of ours: a tfjs kernel under our own name, with its gradient. `plain` serves every backend; a backend
 * that has something better registers its own kernel under the same name (native/operations) and is preferred.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export type Inputs = { readonly [name: string]: Tensor };
export type Attributes = { readonly [name: string]: tf.Attribute | tf.Attribute[] | undefined };

/** A function where a gradient costs much by itself: it is called only if somebody wants that one. */
export type Gradients = { readonly [name: string]: Tensor | (() => Tensor) };

export type Definition = {
  readonly name: string;
  /** The operation in stock tfjs; always a list, also of one. */
  readonly plain: (inputs: Inputs, attributes: Attributes) => readonly Tensor[];
  /** Gradients by input, from those of the outputs and from inputs and outputs as saved. An input left out has none. */
  readonly gradient?: (dy: readonly Tensor[], saved: { inputs: Inputs; outputs: readonly Tensor[] }, attributes: Attributes) => Gradients;
};

export type Operation = (inputs: Inputs, attributes?: Attributes) => readonly Tensor[];

export function operation({ name, plain, gradient }: Definition): Operation {
  return (inputs, attributes = {}) => {
    register(name, plain);
    if (gradient && !tf.getGradient(name)) registerGradient(name, Object.keys(inputs), gradient);
    const out = tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as Tensor | Tensor[];
    return Array.isArray(out) ? out : [out];
  };
}

function register(name: string, plain: Definition['plain']): void {
  const backendName = tf.getBackend();
  if (tf.getKernel(name, backendName)) return;
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => {
    const out = plain(inputs as unknown as Inputs, (attrs ?? {}) as Attributes);
    return out.length === 1 ? out[0]! : [...out];
  };
  tf.registerKernel({ kernelName: name, backendName, kernelFunc });
}

function registerGradient(name: string, names: readonly string[], gradient: NonNullable<Definition['gradient']>): void {
  tf.registerGradient({
    kernelName: name,
    inputsToSave: [...names],
    saveAllInputs: false,
    outputsToSave: new Array(8).fill(true), // more flags than outputs do no harm
    gradFunc: (dy, saved, attrs) => {
      const inputs = Object.fromEntries(names.map((input, index) => [input, saved[index]!]));
      const outputs = saved.slice(names.length);
      const all = gradient(Array.isArray(dy) ? dy : [dy], { inputs, outputs }, attrs as Attributes);
      const wanted = (input: string): Tensor => {
        const found = all[input];
        return typeof found === 'function' ? found() : (found ?? tf.zerosLike(inputs[input]!));
      };
      return Object.fromEntries(names.map((input) => [input, () => wanted(input)]));
    },
  });
}
