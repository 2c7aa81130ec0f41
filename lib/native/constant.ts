/** A tensor's values as a node of a graph. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { typeOf } from './attributes';
import type { DataType, GraphNode } from './savedModel';

export const constant = (name: string, dtype: DataType, shape: readonly number[], bytes: Buffer): GraphNode => ({
  op: 'Const',
  name,
  inputs: [],
  attrs: { dtype: { kind: 'type', value: dtype }, value: { kind: 'tensor', dtype, shape, bytes } },
});

export function constantOf(name: string, leaf: Tensor): GraphNode {
  const { buffer, byteOffset, byteLength } = leaf.dataSync();
  return constant(name, typeOf(leaf), leaf.shape, Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength));
}
