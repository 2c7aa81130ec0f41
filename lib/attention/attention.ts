/** What an attention and a pooling are, and how a host runs one: a scope deeper, its map handed to the trace. */
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { type Axes, type Module, named, type Weights } from '../tensor/module';
import type { Tree } from '../tensor/tree';

/** `axes` names the dimensions of the map; `over` those along which it sums to 1. A gate, 0 to 1, sums over none. */
type Mechanism<P extends Tree, In, Out> = Module<P, In, { output: Out; weights: Weights }> & {
  readonly axes: Axes;
  readonly over?: Axes;
  /** Set where the input is handed on as it is: a host may then join what comes before and after. */
  readonly handsOn?: true;
};

/** b h w c -> b h w c. */
export type Attention<P extends Tree> = Mechanism<P, Tensor4D, Tensor4D>;
/** b h w c -> b c. */
export type Pooling<P extends Tree> = Mechanism<P, Tensor4D, Tensor2D>;
/** b n c -> b n c, n the number of queries. */
export type TokenAttention<P extends Tree> = Mechanism<P, Tokens, Tensor3D>;

/**
 * What looks and what is looked at. Without `key` the queries look at each other; without `value` the keys are also what is
 * mixed. `mask` (bool: who may look where) and `bias` (float32, added to the scores) broadcast to b head query key.
 */
export type Tokens = {
  readonly query: Tensor3D;
  readonly key?: Tensor3D;
  readonly value?: Tensor3D;
  readonly mask?: Tensor;
  readonly bias?: Tensor;
};

/** The mechanism as a plain module of its host: what it outputs goes on, what it looked at goes to the trace. */
export function attend<P extends Tree, In, Out>(name: string, mechanism: Mechanism<P, In, Out>): Module<P, In, Out> {
  return named(name, {
    init: mechanism.init,
    forward: (params, x, mode) => {
      const { output, weights } = mechanism.forward(params, x, mode);
      if (weights !== undefined) mode.capture(mode.path, mechanism.axes, weights);
      return output;
    },
  });
}
