/**
 * The value of a cell's last expression, as Jupyter shows it. A value that says itself how it is shown, and a figure, show
 * that; tensors, trees of tensors and rows of objects have forms of their own; all else is text. `undefined` shows nothing,
 * and a semicolon hides nothing: in TypeScript it ends most expressions.
 *
 * A failure of code that promised to show something (the value's own method, a figure's drawing) is the cell's error. Every
 * other value is shown whatever it does.
 */
import type { Bundle } from '../../display/kernel';
import type { Figure } from '../../plot/figure';
import { checkedBundle, displayMethod } from './displayBundle';
import { tableResult } from './table';
import { isSymbolic, isTensor } from './tensorLike';
import { treeOrText } from './tensorTree';
import { isPlainObject, reason, valueText } from './valueText';

export type ResultBundle = Bundle;

export async function resultBundle(value: unknown): Promise<ResultBundle | undefined> {
  if (value === undefined) return undefined;
  const own = displayMethod(value);
  if (own) return { data: checkedBundle(await own()), metadata: {} };
  if (isFigure(value)) return (await import('../../display/bundle.js')).bundleOf(value);
  try {
    if (isTensor(value) || isSymbolic(value)) return (await import('./tensorResult.js')).tensorResult(value);
    return tableResult(value) ?? text(treeOrText(value));
  } catch (error) {
    return text(`${valueText(value)}\nshown as it is stored: ${reason(error)}`);
  }
}

const text = (words: string): ResultBundle => ({ data: { 'text/plain': words }, metadata: {} });

/** Known by its fields: figures are plain data, also when they come from a file, and the plots import nothing of ours. */
function isFigure(value: unknown): value is Figure {
  if (!isPlainObject(value)) return false;
  const { title, description, data, spec, renderer } = Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(value)).map(([name, own]) => [name, own.value]),
  ) as Partial<Figure>;
  const words = typeof title === 'string' && typeof description === 'string';
  return words && Array.isArray(data) && typeof spec === 'object' && spec !== null && (renderer === 'vega-lite' || renderer === 'plotly');
}
