/** Tensors told from other values by what they have, without loading tfjs: a cell need not use it. */
import { types } from 'node:util';
import type { Tensor } from '@tensorflow/tfjs-core';

export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || !('dataId' in value)) return false;
  const { shape, dtype, dataSync } = value as Partial<Tensor>;
  return Array.isArray(shape) && typeof dtype === 'string' && typeof dataSync === 'function';
}

/** A value of tf.layers that stands for a tensor to come. */
export type Symbolic = { readonly shape: readonly (number | null)[]; readonly dtype: string; readonly name: string };

export function isSymbolic(value: unknown): value is Symbolic {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || !('sourceLayer' in value)) return false;
  const { shape, dtype } = value as Partial<Symbolic>;
  return Array.isArray(shape) && typeof dtype === 'string';
}

/** `float32 [2, 3]`. */
export function kindOf(tensor: Tensor | Symbolic): string {
  const kind = `${tensor.dtype} [${tensor.shape.map((size) => size ?? '?').join(', ')}]`;
  return (tensor as Partial<Tensor>).isDisposed === true ? `${kind}, disposed` : kind;
}
