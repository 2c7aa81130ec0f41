/**
 * Objects and lists with tensors in them, such as parameters: one line a leaf, with its shape and how many numbers it holds.
 * Only shapes are looked at; no value is read.
 */
import { types } from 'node:util';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor, kindOf } from './tensorLike';
import { cut, isPlainObject, oneLine, valueText } from './valueText';

type Line = { readonly name: string; readonly kind: string; readonly size: string };
type Counts = { tensors: number; learned: number; running: number; bytes: number; disposed: number; pure: boolean };

const MOST_LINES = 60;
const MOST_SEARCHED = 5000; // nodes, until the first tensor is found
const DEEPEST = 12;
const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, complex64: 8 };

/** Undefined where no tensor is in it. */
export function tensorTreeText(value: unknown): string | undefined {
  if (isTensor(value) || !holdsTensor(value, { left: MOST_SEARCHED }, 0)) return undefined;
  const counts: Counts = { tensors: 0, learned: 0, running: 0, bytes: 0, disposed: 0, pure: true };
  const lines: Line[] = [];
  describe(value, '', 0, false, counts, lines, new Set());
  const shown = lines.slice(0, MOST_LINES);
  const width = (field: keyof Line): number => Math.max(...shown.map((line) => (line.size === '' ? 0 : line[field].length)));
  const [names, kinds, sizes] = [Math.max(...shown.map(({ name, kind }) => (kind === '' ? 0 : name.length))), width('kind'), width('size')];
  const body = shown.map(({ name, kind, size }) =>
    (size === '' ? `${name.padEnd(names)}  ${kind}` : `${name.padEnd(names)}  ${kind.padEnd(kinds)}  ${size.padStart(sizes)}`).trimEnd(),
  );
  if (lines.length > shown.length) body.push(`and ${lines.length - shown.length} more lines`);
  return [heading(counts), ...body].join('\n');
}

function holdsTensor(value: unknown, searched: { left: number }, depth: number): boolean {
  if (isTensor(value)) return true;
  if (depth > DEEPEST || searched.left-- <= 0) return false;
  return children(value).some(([, child]) => typeof child === 'object' && holdsTensor(child, searched, depth + 1));
}

/** Of plain objects, lists and maps; getters are left alone. */
function children(value: unknown): [name: string, child: unknown][] {
  if (Array.isArray(value)) return value.slice(0, MOST_SEARCHED).map((child, index) => [`${index}`, child]);
  if (types.isMap(value) && !types.isProxy(value))
    return [...value].slice(0, MOST_SEARCHED).map(([key, child]) => [oneLine(key, 40), child]);
  if (!isPlainObject(value)) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([name, own]) =>
    own.enumerable && 'value' in own ? [[name, own.value]] : [],
  );
}

function describe(value: unknown, name: string, depth: number, running: boolean, counts: Counts, lines: Line[], above: Set<unknown>): void {
  const label = `${'  '.repeat(Math.max(0, depth - 1))}${cut(name, 40)}`;
  if (isTensor(value)) {
    add(value, running, counts);
    lines.push({ name: label, kind: kindOf(value), size: String(value.size) });
  } else if (depth > DEEPEST || above.has(value) || !holdsTensor(value, { left: MOST_SEARCHED }, depth)) {
    if (value !== undefined) counts.pure = false;
    lines.push({ name: label, kind: above.has(value) ? '[Circular]' : oneLine(value, 60), size: '' });
  } else {
    if (depth > 0) lines.push({ name: label, kind: '', size: '' });
    above.add(value);
    for (const [own, child] of children(value)) describe(child, own, depth + 1, running || own === 'running', counts, lines, above);
    above.delete(value);
  }
}

function add(tensor: Tensor, running: boolean, counts: Counts): void {
  counts.tensors++;
  if (running) counts.running += tensor.size;
  else counts.learned += tensor.size;
  counts.bytes += tensor.size * (BYTES[tensor.dtype] ?? 0);
  if (tensor.isDisposed) counts.disposed++;
  if (tensor.dtype !== 'float32') counts.pure = false;
}

/** Numbers are called parameters where there is nothing but tensors of them: running statistics are none, by convention. */
function heading({ tensors, learned, running, bytes, disposed, pure }: Counts): string {
  const parts = [`${tensors} tensor${tensors === 1 ? '' : 's'}`, pure ? `${learned} parameters` : `${learned} values`];
  if (running > 0) parts.push(`${running} running statistics`);
  parts.push(`${bytes} bytes`);
  if (disposed > 0) parts.push(`${disposed} disposed`);
  return parts.join(', ');
}

export const treeOrText = (value: unknown): string => tensorTreeText(value) ?? valueText(value);
