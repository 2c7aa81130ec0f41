/** What goes in and out of a compiled function is a tree of tensors; anything else would be frozen at its first value. */
import { Tensor } from '@tensorflow/tfjs-core';
import { join } from '../tensor/tree';
import { CompileError } from './compileError';

export function checkTree(node: unknown, path: string): void {
  if (node instanceof Tensor) {
    if (node.isDisposed) throw new CompileError(`expected a tensor as ${path}, got one that is disposed`);
  } else if (Array.isArray(node) || isRecord(node)) {
    for (const [name, child] of Object.entries(node)) checkTree(child, join(path, name));
  } else if (node !== undefined && typeof node !== 'string') {
    const remedy =
      typeof node === 'number' || typeof node === 'boolean' ? ': make it a tensor, such as tf.scalar, so that it can change' : '';
    throw new CompileError(`expected a tree of tensors as ${path}, got ${described(node)}${remedy}`);
  }
}

/** A plain object, of whatever realm. */
function isRecord(node: unknown): node is Record<string, unknown> {
  if (typeof node !== 'object' || node === null) return false;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const described = (node: unknown): string => {
  if (typeof node === 'number' || typeof node === 'boolean' || node === null) return String(node);
  return typeof node === 'object' ? node.constructor.name : `a ${typeof node}`;
};
