/**
 * A tensor in words and numbers: its range, and its values as nested lists in aligned columns, the middle of long ones
 * left out as NumPy does.
 *
 *   float32 [2, 2]: 1 to 4, mean 2.5
 *   [[1, 2],
 *    [3, 4]]
 */
import * as tf from '@tensorflow/tfjs-core';
import { floatText, numberColumn, shortNumber } from './numberText';
import { kindOf } from './tensorLike';
import { readFlat, type Statistics } from './tensorRead';
import { cut } from './valueText';

const MOST_LINES = 30;
const IN_A_LINE = 10; // values, about
const EDGE = 3; // values kept at each end of an axis of a large tensor
const OUTER_EDGE = 1; // and of the axes before the last two
const WIDTH = 75; // characters of a line
const WIDEST_STRING = 40;

export function summary(tensor: tf.Tensor, found: Statistics | undefined): string {
  const kind = tensor instanceof tf.Variable ? `variable '${tensor.name}', ${kindOf(tensor)}` : kindOf(tensor);
  if (tensor.size === 0) return `${kind}: no values`;
  if (!found || tensor.size === 1) return kind;
  const parts = found.read > found.nan + found.infinite ? [range(tensor.dtype, found)] : [];
  const besides = parts.length > 0 ? 'besides ' : '';
  if (found.nan > 0) parts.push(`${besides}${found.nan} NaN`);
  if (found.infinite > 0) parts.push(`${found.nan > 0 ? '' : besides}${found.infinite} infinite`);
  if (found.read < tensor.size) parts.push(`by ${found.read} values evenly spread over the ${tensor.size}`);
  return `${kind}: ${parts.join(', ')}`;
}

function range(dtype: tf.DataType, { min, max, mean, read }: Statistics): string {
  if (dtype === 'bool') return `${Math.round(mean * read)} true, ${Math.round((1 - mean) * read)} false`;
  const of = dtype === 'complex64' ? 'magnitude ' : '';
  return min === max ? `all ${of}${shortNumber(min)}` : `${of}${shortNumber(min)} to ${shortNumber(max)}, mean ${shortNumber(mean)}`;
}

/** Inside a `tidy`. Where the middle is left out, only the edges are read. */
export function valuesText(tensor: tf.Tensor): string {
  const { shape, rank, size, dtype } = tensor;
  if (size === 0) return '[]';
  const flat = tf.reshape(tensor, [size]);
  const last = shape[rank - 1] ?? 1;
  const whole = (size / last) * Math.ceil(last / IN_A_LINE) <= MOST_LINES;
  const kept = shape.map((length, axis) => edges(length, whole ? length : axis >= rank - 2 ? EDGE : OUTER_EDGE));
  const [ends] = kept.slice(-1);

  const rows: (number | string)[][] = [];
  const starts = rank === 0 ? [0] : rowStarts(shape, kept);
  for (const start of starts) {
    const [first, rest] = ends ?? [1, 0];
    const values = [...readRow(flat, start, first, dtype)];
    rows.push(rest > 0 ? [...values, ...readRow(flat, start + last - rest, rest, dtype)] : values);
  }
  const texts = columnTexts(rows.flat(), dtype);
  let next = 0;
  const value = (): string => texts[next++]!;
  return nested(shape, kept, 0, value);
}

type Edges = readonly [first: number, last: number];

const edges = (length: number, edge: number): Edges => (length <= 2 * edge ? [length, 0] : [edge, edge]);

/** Where, in the tensor's own order, each row begins that is shown. */
function rowStarts(shape: readonly number[], kept: readonly Edges[]): number[] {
  let starts = [0];
  for (let axis = 0; axis < shape.length - 1; axis++) {
    const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
    const [first, last] = kept[axis]!;
    const indices = Array.from({ length: first + last }, (_, i) => (i < first ? i : shape[axis]! - last + (i - first)));
    starts = starts.flatMap((start) => indices.map((index) => start + index * stride));
  }
  return starts;
}

function readRow(flat: tf.Tensor, from: number, count: number, dtype: tf.DataType): (number | string)[] {
  if (dtype !== 'complex64') return [...readFlat(flat, from, count)];
  const part = tf.slice(flat, [from], [count]);
  return [...tf.stack([tf.real(part), tf.imag(part)], 1).dataSync()];
}

/** One text a value, all of one width. */
function columnTexts(values: readonly (number | string)[], dtype: tf.DataType): string[] {
  if (dtype === 'string') {
    const texts = values.map((value) => `'${cut(JSON.stringify(value).slice(1, -1), WIDEST_STRING)}'`);
    const width = Math.max(...texts.map((text) => text.length));
    return texts.map((text) => text.padEnd(width));
  }
  if (dtype === 'bool') return values.map((value) => (value ? ' true' : 'false'));
  const numbers = values.length === 1 ? [floatText(values[0] as number)] : numberColumn(values as number[]);
  if (dtype !== 'complex64') return numbers;
  return numbers.flatMap((real, i) => {
    if (i % 2 === 1) return [];
    const imaginary = numbers[i + 1]!.trim();
    return [`${real}${imaginary.startsWith('-') ? '' : '+'}${imaginary}i`];
  });
}

function nested(shape: readonly number[], kept: readonly Edges[], axis: number, value: () => string): string {
  if (axis === shape.length) return value().trim();
  const [first, last] = kept[axis]!;
  const indent = ' '.repeat(axis + 1);
  const innermost = axis === shape.length - 1;
  const items: string[] = [];
  for (let i = 0; i < first + last; i++) {
    if (i === first) items.push('...');
    items.push(innermost ? value() : nested(shape, kept, axis + 1, value));
  }
  if (innermost) return `[${wrapped(items, indent)}]`;
  return `[${items.join(`,${'\n'.repeat(shape.length - axis - 1)}${indent}`)}]`;
}

function wrapped(items: readonly string[], indent: string): string {
  let text = '';
  let column = 0;
  items.forEach((item, i) => {
    const piece = i < items.length - 1 ? `${item}, ` : item;
    if (column > 0 && indent.length + column + piece.length > WIDTH) {
      text = `${text.trimEnd()}\n${indent}`;
      column = 0;
    }
    text += piece;
    column += piece.length;
  });
  return text.trimEnd();
}
