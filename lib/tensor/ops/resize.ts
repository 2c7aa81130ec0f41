/**
 * Images at another size, with PyTorch's coordinates (`interpolate`): output position i of m looks at
 *
 *   (i + 1/2) n / m - 1/2        or, with the corners aligned, i (n - 1) / (m - 1)
 *
 * bilinear and bicubic (a = -0.75) weigh the neighbours and repeat the border; `nearest` takes floor(i n / m), `nearestExact` the
 * nearest centre, `area` the mean of the bin (adaptive pooling). No antialiasing.
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { type Attributes, type Operation, operation } from '../operation';
import { binMeans } from './adaptivePooling';
import { type AxisMap, gridMap, transposed } from './gridMap';
import { type Two, two } from './padding';

export type ResizeMode = 'nearest' | 'nearestExact' | 'bilinear' | 'bicubic' | 'area';
export type Resize = { mode: ResizeMode; alignCorners: boolean; input: Two; output: Two };
export type ResizeOptions = { mode?: ResizeMode; alignCorners?: boolean };

const of = (attributes: Attributes): Resize => attributes as unknown as Resize;

const resizeOp: Operation = operation({
  name: 'FoveaResize',
  plain: ({ x }, attributes) => [plainResize(x as Tensor4D, of(attributes))],
  gradient: ([dy], _, attributes) => ({ x: resizeGradOp({ dy: dy! }, attributes)[0]! }),
});
const resizeGradOp: Operation = operation({
  name: 'FoveaResizeGrad',
  plain: ({ dy }, attributes) => [plainResizeGradient(dy as Tensor4D, of(attributes))],
  gradient: ([dx], _, attributes) => ({ dy: resizeOp({ x: dx! }, attributes)[0]! }),
});

export const plainResize = (x: Tensor4D, resize: Resize): Tensor4D => gridMap(x, weights(resize, 0), weights(resize, 1));
export const plainResizeGradient = (dy: Tensor4D, resize: Resize): Tensor4D =>
  gridMap(dy, transposed(weights(resize, 0)), transposed(weights(resize, 1)));

function weights({ mode, alignCorners, input, output }: Resize, axis: 0 | 1): AxisMap {
  const [n, m] = [input[axis], output[axis]];
  if (mode === 'area') return binMeans(n, m);
  // in float32, as the others count, else a position on the edge of two falls on the other side
  const scale = Math.fround(alignCorners ? (m > 1 ? (n - 1) / (m - 1) : 0) : n / m);
  return Array.from({ length: m }, (_, i) => {
    const centre = alignCorners ? i * scale : (i + 0.5) * scale - 0.5;
    if (mode === 'nearest') return spike(n, [[Math.floor(Math.fround(i * scale)), 1]]);
    if (mode === 'nearestExact') return spike(n, [[Math.floor(Math.fround((i + 0.5) * scale)), 1]]);
    const at = mode === 'bilinear' ? Math.max(0, centre) : centre;
    const first = Math.floor(at);
    return spike(
      n,
      (mode === 'bilinear' ? linear : cubic)(at - first).map((weight, tap) => [first + tap - (mode === 'bilinear' ? 0 : 1), weight]),
    );
  });
}

/** The weights of the two neighbours, and of the four, at a fraction of the way between the middle ones. */
const linear = (t: number): number[] => [1 - t, t];
const cubic = (t: number): number[] => [t + 1, t, 1 - t, 2 - t].map((d) => cubicKernel(d));
/** Keys 1981, a = -0.75. */
const cubicKernel = (d: number, a = -0.75): number =>
  d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;

/** n weights, from places and weights; places beyond the border count for it. */
function spike(n: number, taps: readonly (readonly [place: number, weight: number])[]): number[] {
  const all = new Array<number>(n).fill(0);
  for (const [place, weight] of taps) all[Math.min(n - 1, Math.max(0, place))]! += weight;
  return all;
}

/** The images at `size`, one number or [height, width]: 'b h w c' -> 'b height width c'. */
export function resize(x: Tensor4D, size: number | readonly [height: number, width: number], options: ResizeOptions = {}): Tensor4D {
  const { mode = 'bilinear', alignCorners = false } = options;
  const { h, w } = sizes(x, 'b h w c');
  const output = two(size);
  const modes: readonly ResizeMode[] = ['nearest', 'nearestExact', 'bilinear', 'bicubic', 'area'];
  if (!output.every((count) => Number.isInteger(count) && count >= 1))
    throw new Error(`resize: expected one or two whole numbers from 1 as size, got ${JSON.stringify(size)}`);
  if (!modes.includes(mode)) throw new Error(`resize: expected mode to be one of ${modes.join(', ')}, got ${mode}`);
  if (alignCorners && mode !== 'bilinear' && mode !== 'bicubic')
    throw new Error(`resize: expected bilinear or bicubic with aligned corners, got ${mode}`);
  return resizeOp({ x }, { mode, alignCorners, input: [h, w], output })[0]! as Tensor4D;
}
