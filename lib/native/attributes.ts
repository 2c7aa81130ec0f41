/** Attributes of operations, from the form in which tfjs-node's binding takes them to the one in which a graph stores them. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { CompileError } from './compileError';
import type { Attr, Attrs, DataType } from './savedModel';

export type BindingAttribute = { readonly name: string; readonly type?: number; readonly value: unknown };

const TYPES: { readonly [dtype: string]: DataType } = { float32: 1, int32: 3, complex64: 8, bool: 10 };

export function typeOf({ dtype }: Pick<TensorInfo, 'dtype'>): DataType {
  const type = TYPES[dtype];
  if (type === undefined) throw new CompileError(`expected tensors of numbers or booleans, got ${dtype}`);
  return type;
}

// tfjs-node leaves it to eager execution to see this type by the first input; a graph must be told
const UNSAID: { readonly [op: string]: string } = { ExpandDims: 'T' };

export function attributesOf(op: string, given: readonly BindingAttribute[], inputs: readonly TensorInfo[]): Attrs {
  const unsaid = UNSAID[op];
  const inferred: Attrs = unsaid && inputs[0] ? { [unsaid]: { kind: 'type', value: typeOf(inputs[0]) } } : {};
  return { ...inferred, ...Object.fromEntries(given.map((attribute) => [attribute.name, attributeOf(op, attribute)])) };
}

function attributeOf(op: string, { name, type, value }: BindingAttribute): Attr {
  const { binding } = tf.backend() as NodeJSKernelBackend;
  const list = Array.isArray(value);
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: value as number };
    case binding.TF_ATTR_STRING:
      return { kind: 'string', value: value as string };
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: value as number[] };
    case binding.TF_ATTR_INT:
      return list ? { kind: 'ints', value } : { kind: 'int', value: value as number };
    case binding.TF_ATTR_FLOAT:
      return list ? { kind: 'floats', value } : { kind: 'float', value: value as number };
    case binding.TF_ATTR_BOOL:
      return list ? { kind: 'bools', value } : { kind: 'bool', value: value as boolean };
    default:
      throw new CompileError(`expected attributes of a kind that a graph can hold, got ${name} of ${op} with kind ${type}`);
  }
}
