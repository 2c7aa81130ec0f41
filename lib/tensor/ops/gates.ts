/**
 * Gates on images, and the summaries that they are computed from. In stock tfjs the gradients of a mean, a maximum and a product
 * that is repeated over an axis take some thirty passes over an image; here each operation has one kernel each way.
 *
 * Where several values are the largest they share its gradient evenly (as PyTorch's amax).
 */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizes } from '../axes';
import { operation } from '../operation';

const shareOf = (x: Tensor, largest: Tensor, axes: number[]): Tensor =>
  tf.div(1, tf.sum(tf.cast(tf.equal(x, largest), 'float32'), axes, true));
const whereLargest = (x: Tensor, largest: Tensor, value: Tensor): Tensor => tf.mul(tf.cast(tf.equal(x, largest), 'float32'), value);
/** 'b c' as an image of one pixel. */
const onePixel = (x: Tensor): Tensor4D => tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);
const GRID = [1, 2];

const gridSummaryOp = operation({
  name: 'FoveaGridSummary',
  plain: ({ x }) => {
    const max = tf.max(x!, GRID, true);
    return [tf.mean(x!, GRID), tf.squeeze(max, GRID), tf.squeeze(shareOf(x!, max, GRID), GRID)];
  },
  gradient: ([dmean, dmax], { inputs: { x }, outputs: [, max, share] }) => ({
    x: gridSummaryGradOp({ x: x!, max: max!, share: share!, dmean: dmean!, dmax: dmax! })[0]!,
  }),
});
const gridSummaryGradOp = operation({
  name: 'FoveaGridSummaryGrad',
  plain: ({ x, max, share, dmean, dmax }) => {
    const pixels = x!.shape[1]! * x!.shape[2]!;
    return [tf.add(whereLargest(x!, onePixel(max!), onePixel(tf.mul(dmax!, share!))), onePixel(tf.mul(dmean!, 1 / pixels)))];
  },
});

/** Mean and largest value of each channel over the grid: b h w c -> twice b c, in one pass. */
export function gridSummary(x: Tensor4D): { mean: Tensor2D; max: Tensor2D } {
  const [mean, max] = gridSummaryOp({ x });
  return { mean: mean as Tensor2D, max: max as Tensor2D };
}

const gateChannelsOp = operation({
  name: 'FoveaGateChannels',
  plain: ({ x, gate }) => [tf.mul(x!, onePixel(gate!))],
  gradient: ([dy], { inputs: { x, gate } }) => {
    const [dx, dgate] = gateChannelsGradOp({ dy: dy!, x: x!, gate: gate! });
    return { x: dx!, gate: dgate! };
  },
});
const gateChannelsGradOp = operation({
  name: 'FoveaGateChannelsGrad',
  plain: ({ dy, x, gate }) => [tf.mul(dy!, onePixel(gate!)), tf.sum(tf.mul(dy!, x!), GRID)],
});

/** gate * x, a factor for each channel of each image: b h w c by b c. */
export function gateChannels(x: Tensor4D, gate: Tensor2D): Tensor4D {
  fits('gateChannels', x, gate);
  return gateChannelsOp({ x, gate })[0]! as Tensor4D;
}

const gatePlanesOp = operation({
  name: 'FoveaGateChannelsPlanes',
  plain: ({ x, gate }) => {
    const y = tf.mul(x!, onePixel(gate!));
    const max = tf.max(y, 3, true);
    return [y, tf.concat([tf.mean(y, 3, true), max], 3)];
  },
  gradient: ([dy, dplanes], { inputs: { x, gate }, outputs: [y, planes] }) => {
    const [dx, dgate] = gatePlanesGradOp({ dy: dy!, dplanes: dplanes!, y: y!, x: x!, gate: gate!, planes: planes! });
    return { x: dx!, gate: dgate! };
  },
});
const gatePlanesGradOp = operation({
  name: 'FoveaGateChannelsPlanesGrad',
  plain: ({ dy, dplanes, y, x, gate, planes }) => {
    const [dmean, dmax] = tf.split(dplanes!, 2, 3);
    const [, max] = tf.split(planes!, 2, 3);
    const top = whereLargest(y!, max!, tf.mul(dmax!, shareOf(y!, max!, [3])));
    const d = tf.addN([dy!, top, tf.mul(tf.onesLike(y!), tf.mul(dmean!, 1 / y!.shape[3]!))]);
    return [tf.mul(d, onePixel(gate!)), tf.sum(tf.mul(d, x!), GRID)];
  },
});

/** The same, and of what comes out mean and largest value over the channels of each pixel: y 'b h w c' and planes 'b h w 2'. */
export function gateChannelsPlanes(x: Tensor4D, gate: Tensor2D): { y: Tensor4D; planes: Tensor4D } {
  fits('gateChannelsPlanes', x, gate);
  const [y, planes] = gatePlanesOp({ x, gate });
  return { y: y as Tensor4D, planes: planes as Tensor4D };
}

const gatePixelsOp = operation({
  name: 'FoveaGatePixels',
  plain: ({ x, gate }) => [tf.mul(x!, gate!)],
  gradient: ([dy], { inputs: { x, gate } }) => {
    const [dx, dgate] = gatePixelsGradOp({ dy: dy!, x: x!, gate: gate! });
    return { x: dx!, gate: dgate! };
  },
});
const gatePixelsGradOp = operation({
  name: 'FoveaGatePixelsGrad',
  plain: ({ dy, x, gate }) => [tf.mul(dy!, gate!), tf.sum(tf.mul(dy!, x!), 3, true)],
});

/** gate * x, a factor for each pixel of each image: b h w c by b h w 1. */
export function gatePixels(x: Tensor4D, gate: Tensor4D): Tensor4D {
  const { b, h, w } = sizes(x, 'b h w c');
  sizes(gate, 'b h w one', { b, h, w, one: 1 });
  return gatePixelsOp({ x, gate })[0]! as Tensor4D;
}

function fits(who: string, x: Tensor4D, gate: Tensor2D): void {
  const { b, c } = sizes(x, 'b h w c');
  if (gate.rank !== 2 || gate.shape[0] !== b || gate.shape[1] !== c)
    throw new Error(`${who}: expected a gate of shape [${b},${c}], got [${gate.shape}]`);
}
