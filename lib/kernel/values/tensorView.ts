/**
 * Which part of a tensor is drawn, for what its shape says it may be; the choice is told in words, as an index.
 *
 *   rank 1         a strip                      rank 2        rows by columns
 *   h w 3          in its own colours           rank 3        the first panels of its first axis, side by side
 *   b h w 1|3      the first images             h w in out    filters: input 0 of the first outputs
 *   b h w c        channels of image 0          b head q k    heads of image 0
 */
import type { Range } from './tensorRead';

/** Panels along one axis, each over two others, `channels` the axis of red, green and blue; -1 where there is no such axis. */
export type View = { readonly panels: number; readonly rows: number; readonly columns: number; readonly channels: number };
type Shape = readonly number[];

const MOST_CELLS = { alone: 160, among: 80, strip: 480 }; // of a side; the noisiest picture then has 75 kB
const [MOST_PANELS, MOST_LARGE] = [8, 4];
const SMALL = 32; // cells of a side

export function viewOf(shape: Shape): View {
  const last = shape.length - 1;
  const [a, b, c, d] = shape.slice(-4) as [number, number, number, number];
  if (last === 0) return { panels: -1, rows: -1, columns: 0, channels: -1 };
  if (last === 1) return { panels: -1, rows: 0, columns: 1, channels: -1 };
  if (last === 2 && c === 3 && a > 3 && b > 3) return { panels: -1, rows: 0, columns: 1, channels: 2 };
  if (last === 2) return { panels: 0, rows: 1, columns: 2, channels: -1 };
  const [first, second, third] = [last - 3, last - 2, last - 1];
  if (last === 3 && a === b && a >= 3 && a <= 16 && b !== c && (a % 2 === 1 || c !== d))
    return { panels: last, rows: first, columns: second, channels: -1 };
  if ((d === 1 || d === 3) && b > 3 && c > 3) return { panels: first, rows: second, columns: third, channels: d === 3 ? last : -1 };
  if (b === c && c !== d) return { panels: last, rows: second, columns: third, channels: -1 };
  return { panels: second, rows: third, columns: last, channels: -1 };
}

/** How many panels are drawn. */
export function panelsOf(shape: Shape, { panels, rows, columns }: View): number {
  if (panels < 0) return 1;
  return Math.min(shape[panels]!, Math.max(shape[rows]!, shape[columns]!) > SMALL ? MOST_LARGE : MOST_PANELS);
}

export function rangeOf({ rows, columns, channels }: View, axis: number, count: number, several: boolean): Range {
  const most = rows < 0 ? MOST_CELLS.strip : several ? MOST_CELLS.among : MOST_CELLS.alone;
  if (axis === rows || axis === columns) return { begin: 0, count, every: Math.ceil(count / most) };
  return { begin: 0, count: axis === channels ? 3 : 1, every: 1 };
}

/** `[0, i, :, :]` with what i is, and how many values were passed over. */
export function indexWords(shape: Shape, view: View, ranges: readonly Range[], shown: number): string {
  const index = shape.map((_, axis) => {
    if (axis === view.panels) return shape[axis] === 1 ? '0' : 'i';
    return axis === view.rows || axis === view.columns || axis === view.channels ? ':' : '0';
  });
  const parts = [`[${index.join(', ')}]`];
  if (shown > 1) parts.push(`i from 0 to ${shown - 1}${shown < shape[view.panels]! ? ` (of ${shape[view.panels]})` : ''}, side by side`);
  const skipping = (axis: number, name: string): void => {
    const every = ranges[axis]?.every ?? 1;
    if (every > 1) parts.push(`1 ${name} in ${every}`);
  };
  skipping(view.rows, 'row');
  skipping(view.columns, view.rows < 0 ? 'value' : 'column');
  return parts.join(', ');
}
