/** What an attention and a pooling are, and how a host runs one: a scope deeper, its map handed to the trace. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { type Axes, type Module, named, type Weights } from '../tensor/module';
import type { Tree } from '../tensor/tree';

/** b h w c -> b h w c. */
export type Attention<P extends Tree> = Module<P, Tensor4D, { output: Tensor4D; weights: Weights }> & { readonly axes: Axes };
/** b h w c -> b c. */
export type Pooling<P extends Tree> = Module<P, Tensor4D, { output: Tensor2D; weights: Weights }> & { readonly axes: Axes };

type Mechanism<P extends Tree, Out> = Module<P, Tensor4D, { output: Out; weights: Weights }> & { readonly axes: Axes };

/** The mechanism as a plain module of its host: what it outputs goes on, what it looked at goes to the trace. */
export function attend<P extends Tree, Out>(name: string, mechanism: Mechanism<P, Out>): Module<P, Tensor4D, Out> {
  return named(name, {
    init: mechanism.init,
    forward: (params, x, mode) => {
      const { output, weights } = mechanism.forward(params, x, mode);
      if (weights !== undefined) mode.capture(mode.path, mechanism.axes, weights);
      return output;
    },
  });
}
