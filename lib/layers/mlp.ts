/**
 * The multilayer perceptron of a transformer block (Vaswani et al. 2017, arXiv:1706.03762; with GELU as in Dosovitskiy et al.
 * 2020, arXiv:2010.11929), over the last axis of any rank.
 *
 *   y = dropout(dropout(gelu(x W1 + b1)) W2 + b2)        W1 (dim, hidden), W2 (hidden, dim)
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Module, named } from '../tensor/module';
import { gelu, relu, silu } from '../tensor/ops';
import { dropout } from './dropout';
import { type LinearParams, linear } from './linear';

const activations = {
  gelu: (x: Tensor2D): Tensor2D => gelu(x),
  relu: (x: Tensor2D): Tensor2D => relu(x),
  silu: (x: Tensor2D): Tensor2D => silu(x),
};

export type MlpOptions = { dim: number; hidden: number; dropout?: number; activation?: keyof typeof activations };
export type MlpParams = { expand: LinearParams; project: LinearParams };

export function mlp<X extends Tensor>({ dim, hidden, dropout: rate = 0, activation = 'gelu' }: MlpOptions): Module<MlpParams, X, X> {
  if (!Object.hasOwn(activations, activation))
    throw new Error(`mlp: expected an activation among ${Object.keys(activations).join(', ')}, got ${activation}`);
  const expand = named('expand', linear({ from: dim, to: hidden, gain: activation === 'relu' ? 2 : 1 }));
  const project = named('project', linear({ from: hidden, to: dim }));
  const [dropHidden, dropOutput] = [named('dropHidden', dropout<Tensor2D>({ rate })), named('dropOutput', dropout<Tensor2D>({ rate }))];
  const act = activations[activation];

  return {
    init: (random) => ({ expand: expand.init(random), project: project.init(random) }),
    forward: (params, x, mode) =>
      tf.tidy(() => {
        if (x.shape.at(-1) !== dim) throw new Error(`mlp: expected a last axis of ${dim}, got shape [${x.shape}]`);
        const rows = tf.reshape(x, [-1, dim]) as Tensor2D;
        const inside = dropHidden.forward({}, act(expand.forward(params.expand, rows, mode)), mode); // rows hidden
        const y = dropOutput.forward({}, project.forward(params.project, inside, mode), mode);
        return tf.reshape(y, x.shape) as X;
      }),
  };
}
