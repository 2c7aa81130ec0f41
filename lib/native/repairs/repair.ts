/** A kernel of tfjs-node that is wrong or refuses what tfjs allows, mended where it is and left alone elsewhere. */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../operations/device';

type Results = TensorInfo | TensorInfo[];

/** `stock` runs tfjs-node's own kernel, on these inputs or on others. */
export type Repair = (
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
  stock: (inputs?: Readonly<Record<string, Tensor>>) => Results,
  device: Device,
) => Results;

export type Repairs = Readonly<Record<string, Repair>>;
